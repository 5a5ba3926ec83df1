#!/usr/bin/env bash
# Installs what the tests need and Python's index does not have: espeak-ng speaks what is then transcribed; buildah, crun and
# mmdebstrap build the container's image and a base for it; replicas share a Redis.
set -euo pipefail
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
