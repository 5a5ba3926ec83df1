#!/usr/bin/env bash
# Checks the contract against the last release: `scripts/breaking.sh BUF`.
set -euo pipefail
tag=$(git describe --tags --abbrev=0 --match 'v*' 2>/dev/null || true)
if [ -z "$tag" ]; then
  echo "buf breaking: there is no release yet; nothing is frozen before v0.1.0"
  exit 0
fi
"$1" breaking --against ".git#tag=$tag"
