# The server, without the local models. BASE_IMAGE needs Python 3.11 or newer with its venv module; Docker's own images have one
# with profile-guided optimization, without which a call takes a tenth more CPU.
ARG BASE_IMAGE=python:3.11-slim

FROM ${BASE_IMAGE} AS build
# pip's own settings, for networks that have a package index or a certificate authority of their own.
ARG PIP_INDEX_URL
ARG PIP_CERT
WORKDIR /src
COPY clients/python clients/python
COPY server server
COPY requirements/image.txt requirements/
COPY pyproject.toml README.md LICENSE ./
RUN python3 -m venv /opt/openai-grpc \
    && /opt/openai-grpc/bin/pip install --no-cache-dir --require-hashes -r requirements/image.txt \
    && /opt/openai-grpc/bin/pip install --no-cache-dir --no-deps ./clients/python . \
    && /opt/openai-grpc/bin/pip uninstall --yes pip setuptools

FROM ${BASE_IMAGE}
LABEL org.opencontainers.image.title="openai-grpc" \
    org.opencontainers.image.description="OpenAI's API as typed gRPC" \
    org.opencontainers.image.source="https://github.com/openai-grpc/openai-grpc" \
    org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/openai-grpc /opt/openai-grpc
ENV PATH=/opt/openai-grpc/bin:$PATH PYTHONDONTWRITEBYTECODE=1
# A number, so that Kubernetes can see that it is not root.
USER 65532:65532
EXPOSE 50051 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["openai-grpc", "healthcheck"]
ENTRYPOINT ["openai-grpc"]
CMD ["serve", "--host", "0.0.0.0"]
