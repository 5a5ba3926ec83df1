#!/usr/bin/env bash
# Writes requirements/*.txt, the locked dependencies of the image and of development, with the hashes of their files.
# With names of packages it updates only these.
set -euo pipefail
cd "$(dirname "$0")/.."
upgrade=(--upgrade)
[ $# -eq 0 ] || upgrade=("${@/#/--upgrade-package=}")
compile() {
  .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
    --no-emit-package openai-grpc --no-emit-package openai-grpc-server "${upgrade[@]}" "$@"
}
compile --extra redis --extra postgres --extra jwt --extra otel --output-file requirements/image.txt pyproject.toml
compile --extra redis --extra postgres --extra jwt --extra otel --extra local --group dev --output-file requirements/dev.txt pyproject.toml clients/python/pyproject.toml
