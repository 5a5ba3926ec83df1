#!/usr/bin/env bash
# Installs what the tests need and Python's index does not have: espeak-ng, which speaks what is then transcribed.
set -euo pipefail
command -v espeak-ng >/dev/null && exit 0
if ! command -v apt-get >/dev/null; then
  echo "the tests need espeak-ng: install it with your system's package manager" >&2
  exit 1
fi
as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends espeak-ng >/dev/null
