# The server, without the local models. BASE_IMAGE needs Python 3.11 or newer with its venv module.
ARG BASE_IMAGE=python:3.11-slim

FROM ${BASE_IMAGE} AS build
# pip's own settings, for networks that have a package index or a certificate authority of their own.
ARG PIP_INDEX_URL
ARG PIP_CERT
WORKDIR /src
COPY clients/python clients/python
COPY server server
COPY pyproject.toml README.md LICENSE ./
RUN python3 -m venv /opt/openai-grpc \
    && /opt/openai-grpc/bin/pip install --no-cache-dir ./clients/python .

FROM ${BASE_IMAGE}
COPY --from=build /opt/openai-grpc /opt/openai-grpc
ENV PATH=/opt/openai-grpc/bin:$PATH PYTHONDONTWRITEBYTECODE=1
# A number, so that Kubernetes can see that it is not root.
USER 65532:65532
EXPOSE 50051
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["openai-grpc", "healthcheck"]
ENTRYPOINT ["openai-grpc"]
CMD ["serve", "--host", "0.0.0.0"]
