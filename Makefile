# One word a task. Nothing is installed outside .venv, and nothing twice.

PYTHON ?= python3
UV ?= uv
VENV := .venv
BIN := $(VENV)/bin
LEFT_OUT := not prove
# Whole files go to whichever process is free.
SIDE_BY_SIDE := -n 3 --dist loadfile --no-loadscope-reorder
# What tests write lies in memory where there is room for it (KB): a commit waits milliseconds for a disk.
ROOM := 3000000
IN_MEMORY := $(shell test -w /dev/shm && test "$$(df -Pk /dev/shm | awk 'NR == 2 { print $$4 }')" -gt $(ROOM) \
    && echo TMPDIR=/dev/shm)

# Hundreds of processes are started here: what Python compiled for one is kept for the next, whatever a shell wishes.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test check format lint prove bench lock openapi screens guide clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.run ## the demo city and household H's journey, then serve on 127.0.0.1:8000
	@exec $(BIN)/python -m api.cli serve --demo --journey

test: $(VENV)/.test ## every test but the long proofs, on two cores
	@.ci/node || true
	@if .ci/browser; then chosen="$(LEFT_OUT)"; else chosen="$(LEFT_OUT) and not browser"; fi; \
	$(IN_MEMORY) $(BIN)/python -m pytest -q $(SIDE_BY_SIDE) -m "$$chosen"

check: lint ## what CI does: style, types, floors, tests
	@$(MAKE) --no-print-directory test

format: $(VENV)/.test ## put what was written into style
	$(BIN)/ruff check --fix-only --exit-zero .
	$(BIN)/ruff format .

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

prove: $(VENV)/.test ## the long proofs, within TSUNAGU_PROVE_SECONDS (1800); PROOF=name for one, to its bar
	@export TSUNAGU_PROVE_SECONDS=$${TSUNAGU_PROVE_SECONDS:-1800}; exec $(BIN)/python -m pytest -q -m prove

bench: $(VENV)/.test ## measure, and write docs/figures.md; BENCH=name for one, at full size
	@exec $(BIN)/python -m bench

lock: ## resolve requirements/ anew from pyproject.toml, with uv
	@command -v $(UV) > /dev/null || { echo "make lock needs uv; name it with UV=/path/to/uv" >&2; exit 1; }
	$(UV) pip compile -q --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header \
	    pyproject.toml --group test -o requirements/test.txt
	$(UV) pip compile -q --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header \
	    -c requirements/test.txt pyproject.toml -o requirements/run.txt
	$(UV) pip compile -q --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header \
	    -c requirements/test.txt pyproject.toml --extra traces -o requirements/traces.txt

openapi: $(VENV)/.run ## write openapi/openapi.json from the code
	$(BIN)/python -m api.documents.openapi > openapi/.new && mv openapi/.new openapi/openapi.json

screens: $(VENV)/.test ## the pages of signing in, as docs/ shows them, in Chromium
	$(BIN)/python -m tests.browser.screens docs/screens

guide: $(VENV)/.run ## the implementation guide as a FHIR package: build/tsunagu.fhir.r4.tgz
	@mkdir -p build
	$(BIN)/python -m profiles.guide build/tsunagu.fhir.r4.tgz

clean: ## forget the environment; the data stay
	rm -rf $(VENV)

$(VENV)/.made:
	@command -v $(PYTHON) > /dev/null || { \
	    echo "tsunagu needs Python 3.11 or newer, and there is no $(PYTHON): name one with PYTHON=/path/to/python" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "tsunagu needs Python 3.11 or newer, and this is $$($(PYTHON) --version): name another with PYTHON=/path/to/python" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || { \
	    echo "$(PYTHON) cannot make an environment: install its venv module (on Debian: apt-get install python3-venv)" >&2; exit 1; }
	@echo "making $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.made requirements/run.txt
	@echo "installing what requirements/run.txt locks"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/run.txt
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements/test.txt
	@echo "installing what requirements/test.txt locks"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/test.txt
	@touch $@
