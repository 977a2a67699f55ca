# The two commands: `make demo` and `make test`. Both set up whatever is missing.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
TOOLS  := .venv-security
# The bank's on-screen keypad, bundled from npm packages; without node its pages offer a plain field, and say so.
KEYPAD := bank_sim/sdk/browser/keypad
BUILT  := bank_sim/sdk/browser/built/licences.txt

.PHONY: demo test lint security pictures lock clean
.DEFAULT_GOAL := demo

demo: $(VENV)/.runtime $(BUILT)
	@$(BIN)/bank-sandbox demo

test: $(VENV)/.dev $(BUILT) tests/node_modules/.installed lint
	@tests/chromium/ensure_chromium.sh
	$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Foreign security tools against a throw-away sandbox on loopback; reports lie in reports/security.
security: $(VENV)/.runtime $(TOOLS)/.installed
	@$(BIN)/python -m scenarios.security --tools $(TOOLS)

# In an environment of their own: the tools' packages and the sandbox's exclude one another.
$(TOOLS)/.installed: requirements-security.lock | $(VENV)/bin/python
	@echo "Installing the locked security tools (first run only) ..."
	@$(BIN)/python -m venv $(TOOLS)
	@$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-security.lock
	@touch $@

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "bank-api-sandbox needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Try: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "No virtual environment could be made. On Debian: apt-get install python3-venv"; rm -rf $(VENV); exit 1; }

$(VENV)/.runtime: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing the locked packages (first run only) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	@echo "Installing the locked test packages (first run only) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

$(BUILT): $(KEYPAD)/package-lock.json $(KEYPAD)/build.mjs $(wildcard $(KEYPAD)/src/*)
	@if command -v npm >/dev/null; then \
	  echo "Building the bank's keypad ..." && npm ci --prefix $(KEYPAD) --silent --no-audit --no-fund && npm run --prefix $(KEYPAD) --silent build; \
	  else echo "node is missing: the bank's login offers a plain field instead of its keypad"; fi

# A second implementation of SM2 for the tests, where node is; without it those tests say that they were skipped.
tests/node_modules/.installed: tests/package.json tests/package-lock.json
	@mkdir -p $(@D)
	@if command -v npm >/dev/null; then npm ci --prefix tests --silent --no-audit --no-fund; \
	  else echo "node is missing: the tests against sm-crypto-v2 will be skipped"; fi
	@mkdir -p $(@D) && touch $@

# The README's pictures, taken anew in a real Chromium.
pictures: $(VENV)/.dev $(BUILT)
	$(BIN)/python -m tests.chromium.pictures docs/pictures

# Needs uv; the lock files hold for every platform and Python from 3.11.
lock:
	uv pip compile --universal --generate-hashes --no-annotate --no-emit-index-url --python-version 3.11 -q pyproject.toml --extra build -o requirements.lock
	uv pip compile --universal --generate-hashes --no-annotate --no-emit-index-url --python-version 3.11 -q pyproject.toml --extra dev -c requirements.lock -o requirements-dev.lock
	uv pip compile --universal --generate-hashes --no-annotate --no-emit-index-url --python-version 3.11 -q requirements-security.in -o requirements-security.lock

clean:
	rm -rf $(VENV) $(TOOLS) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
