#!/usr/bin/env bash
# Installs everything into .venv with a resolution of uv's: scripts/install_resolved.sh highest|lowest-direct
set -euo pipefail
cd "$(dirname "$0")/.."
resolution=${1:-highest}
python3 -m venv .venv
.venv/bin/pip install --quiet --upgrade 'pip>=25.1' uv
requirements=$(mktemp)
.venv/bin/uv pip compile --quiet --resolution "$resolution" --no-emit-package openai-grpc --extra redis \
  --extra postgres --extra jwt pyproject.toml clients/python/pyproject.toml --output-file "$requirements"
.venv/bin/pip install --quiet -r "$requirements" --group dev
.venv/bin/pip install --quiet --no-deps -e clients/python -e .
# What the development tools need may have raised a version: the resolution's are the ones under test.
.venv/bin/pip install --quiet -r "$requirements"
touch .venv/.installed
