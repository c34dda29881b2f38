# Daily commands; `make` or `make help` lists them. Nothing is installed again until what it depends on changes.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Two pips in one folder would be in each other's way.
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
# Stamps: each is newer than what it was made from, or is made again.
RUNTIME := $(VENV)/.runtime-installed
TOOLS := $(VENV)/.tools-installed
FRONTEND := web/frontend
NODE_MODULES := $(FRONTEND)/node_modules/.installed
DIST := web/static/dist/manifest.json

PIP_INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --no-input --progress-bar off -c constraints.txt
# What is compiled is kept, whatever the environment says: each worker, and each process that a test starts, reads it.
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest
# Processes for the unit tests; browser tests run one by one, since a busy machine makes them late.
WORKERS ?= 2

##@ Use
.PHONY: run
run: $(RUNTIME) pages model ## Install, build, and serve Kea on http://127.0.0.1:8080 (loads a sample into an empty home)
	@$(BIN)/kea serve --demo-if-empty $(ARGS)

.PHONY: model
model: $(RUNTIME) ## Export the embedding model into the user's cache and embed the known kinds of error, once
	@$(BIN)/python -m knowledge_base.embedding.export
	@$(BIN)/python -m knowledge_base.pairs.preparing

ifneq ($(wildcard $(FRONTEND)/package.json),)
.PHONY: pages
pages: $(DIST) ## Build the pages' scripts and styles
	@:
else
.PHONY: pages
pages:
	@:
endif

##@ Check
CHECKS := check-format check-lint types imports unit browser

.PHONY: test
test: ## Install what the tests need, then run every check and test
	@$(MAKE) test-tools $(TOOLS) kafka-jars pages model
	@failed=""; \
	for check in $(CHECKS); do $(MAKE) $$check || failed="$$failed $$check"; done; \
	echo; \
	if [ -n "$$failed" ]; then echo "FAILED:$$failed (each can be run by itself: make <name>)"; exit 1; fi; \
	echo "All checks and tests passed: $(CHECKS)."

.PHONY: unit
unit: $(TOOLS) ## Run the unit and integration tests (ARGS="-k name" chooses some)
	@echo "== tests"
	@$(PYTEST) -n $(WORKERS) -m "not browser and not soak" -rs $(ARGS)

.PHONY: browser
browser: $(TOOLS) pages model ## Run the tests in Chromium
	@echo "== tests in the browser"
	@$(PYTEST) tests -m "browser and not soak" -rs $(ARGS)

.PHONY: screenshots
screenshots: $(TOOLS) pages model ## Take the pictures of the docs anew, into docs/screenshots
	@KEA_TEST_PICTURES=docs/screenshots $(PYTEST) tests/web/walks/test_screenshots.py $(ARGS)

.PHONY: soak
soak: $(TOOLS) pages model ## Run the tests that take long: kills, volume, endurance
	@$(PYTEST) tests -m soak -rs --timeout=7200 -o log_cli=true $(ARGS)

.PHONY: fuzz
fuzz: $(TOOLS) ## Search the API for answers that its description does not allow (SECONDS=3600 ARGS=--postgresql)
	@$(BIN)/python -m tests.web.fuzzing --max-time=$(or $(SECONDS),3600) --continue-on-failure $(ARGS)

.PHONY: lint
lint: check-format check-lint imports ## Check format, lint and the direction of imports

.PHONY: check-format
check-format: $(TOOLS)
	@echo "== format"
	@$(BIN)/ruff format --check .

.PHONY: check-lint
check-lint: $(TOOLS)
	@echo "== lint"
	@$(BIN)/ruff check .

.PHONY: types
types: $(TOOLS) ## Check types
	@echo "== types"
	@$(BIN)/mypy

.PHONY: imports
imports: $(TOOLS)
	@echo "== imports"
	@$(BIN)/lint-imports

.PHONY: image-check
image-check: $(TOOLS) ## Check the Dockerfile and compose.yaml without an engine
	@$(PYTEST) tests/test_image.py -rs

.PHONY: image-rehearsal
image-rehearsal: ## Run each step of the Dockerfile without Docker, and start what comes out (root, Debian, ~10 minutes)
	@scripts/rehearse-image

##@ Work
.PHONY: format
format: $(TOOLS) ## Format the code and mend what lint can mend
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

.PHONY: bench
bench: $(TOOLS) model ## Measure grouping and answering on labelled data (DATA=folder with loghub/ and errors/)
	@$(BIN)/python -m benchmarks $(if $(DATA),--data $(DATA)) $(ARGS)

.PHONY: bench-kafka
bench-kafka: $(TOOLS) model kafka-jars ## Measure Kafka in and out, beside a bare loop of its client
	@$(BIN)/python -m benchmarks kafka

.PHONY: kafka
kafka: $(TOOLS) ## Run a Kafka broker to try things with, until Ctrl-C (PORT=9092)
	@PORT=$(or $(PORT),9092) $(BIN)/python -m tests.support.kafka

.PHONY: constraints
constraints: $(TOOLS) ## Write constraints.txt anew from what is installed
	@$(BIN)/python scripts/write_constraints.py

.PHONY: clean
clean: ## Remove what was installed and built here (not your data, not the exported model)
	rm -rf $(VENV) $(FRONTEND)/node_modules web/static/dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

.PHONY: help
help: ## List the commands
	@awk 'BEGIN {FS = ":.*## "} \
		/^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

# --- What is installed and built ---

$(BIN)/python:
	@python=$$(scripts/find-python) && echo "Making $(VENV) with $$python ..." && "$$python" -m venv $(VENV)

# setuptools first, and no isolated build: its version is pinned too.
$(RUNTIME): pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Kea's dependencies into $(VENV) (the first time torch alone is several hundred MB) ..."
	@$(PIP_INSTALL) --quiet setuptools
	@$(PIP_INSTALL) --quiet --no-build-isolation -e .
	@touch $@

$(TOOLS): pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Kea's dependencies and the tools of its tests into $(VENV) (the first time torch alone is several hundred MB) ..."
	@$(PIP_INSTALL) --quiet setuptools
	@$(PIP_INSTALL) --quiet --no-build-isolation -e '.[dev]'
	@touch $(RUNTIME) $@

# Where a program is missing its tests are left out, each with its reason; where CI is set they fail.
.PHONY: kafka-jars
kafka-jars: $(TOOLS)
	@$(BIN)/python -m tests.support.kafka.jars || test -z "$$CI"

.PHONY: test-tools
test-tools:
	@scripts/install-test-tools || test -z "$$CI"

$(NODE_MODULES): $(FRONTEND)/package.json $(FRONTEND)/package-lock.json
	@scripts/check-node
	@echo "Installing what the pages are built with ..."
	@cd $(FRONTEND) && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(DIST): $(NODE_MODULES) $(shell find $(FRONTEND) -name node_modules -prune -o -type f -print 2>/dev/null)
	@echo "Building the pages ..."
	@cd $(FRONTEND) && npm run --silent build
	@touch $@
