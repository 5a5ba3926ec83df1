#!/usr/bin/env bash
# Installs what the tests need and Python's index does not have: espeak-ng speaks what is then transcribed; buildah, crun and
# mmdebstrap build the container's image and a base for it; replicas share a Redis; Prometheus (from Debian, as building
# it takes a minute of CPU beyond promtool) scrapes a gateway; h2spec, gRPC's interop client and
# connectconformance test the port; actionlint checks the workflows, helm, compose-go and promtool the files of deploy/.
set -euo pipefail
venv_bin=$(cd "$(dirname "$0")/.." && pwd)/.venv/bin
go_tool() { # NAME PACKAGE VERSION: its program is called as the package's last part
  [ -x "$venv_bin/$1" ] && return
  local built
  built=$(mktemp -d)
  GOBIN=$built go install "$2@$3"
  mv "$built/${2##*/}" "$venv_bin/$1"
  rmdir "$built"
}
if command -v go >/dev/null && [ -d "$venv_bin" ]; then
  go_tool h2spec github.com/summerwind/h2spec/cmd/h2spec v2.2.1+incompatible
  go_tool grpc-interop-client google.golang.org/grpc/interop/client v1.85.0
  go_tool connectconformance connectrpc.com/conformance/cmd/connectconformance v1.0.7
  go_tool compose-go github.com/compose-spec/compose-go/v2/cmd v2.16.2
  go_tool helm helm.sh/helm/v3/cmd/helm v3.19.5
  # Without what finds targets in clouds, which no rule needs.
  GOFLAGS=-tags=remove_all_sd go_tool promtool github.com/prometheus/prometheus/cmd/promtool v0.316.0
  go_tool actionlint github.com/rhysd/actionlint/cmd/actionlint v1.7.7
fi
missing=()
for tool in espeak-ng buildah crun mmdebstrap redis-server prometheus; do
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
