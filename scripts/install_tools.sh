#!/usr/bin/env bash
# Installs what the tests need and Python's index does not have: espeak-ng speaks what is then transcribed; buildah, crun and
# mmdebstrap build the container's image and a base for it; replicas share a Redis; h2spec tests HTTP/2.
set -euo pipefail
venv_bin=$(cd "$(dirname "$0")/.." && pwd)/.venv/bin
if command -v go >/dev/null && [ -d "$venv_bin" ] && [ ! -x "$venv_bin/h2spec" ]; then
  GOBIN=$venv_bin go install github.com/summerwind/h2spec/cmd/h2spec@v2.2.1+incompatible
fi
missing=()
for tool in espeak-ng buildah crun mmdebstrap redis-server; do
  command -v "$tool" >/dev/null || missing+=("$tool")
done
[ ${#missing[@]} -eq 0 ] && exit 0
if ! command -v apt-get >/dev/null; then
  echo "the tests need ${missing[*]}: install them with your system's package manager" >&2
  exit 1
fi
as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
