# make run: the bot.  make test: every check.  Both install all they need into .venv first.
# Windows has no make: py -3.11 -m venv .venv && .venv\Scripts\pip install -c requirements.lock -e . && .venv\Scripts\dialogue run

VENV := .venv
BIN := $(VENV)/bin
CODE := engine tests $(wildcard benchmarks)
# Any Python from 3.11 that can make environments; a shim that only prints an error is passed over.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3 python; do \
	"$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& echo "$$python" && break; done)
PURE := engine/core/*,engine/steps/*,engine/answers/*,engine/project/*

.DEFAULT_GOAL := run
.DELETE_ON_ERROR:
.PHONY: run test test-editor test-web audit bench chaos fuzz lint check format lock clean

run: $(VENV)/.installed
	@$(BIN)/dialogue run

# Two workers more than cores: many tests wait for a process or a server. What is left out of coverage: tests/conftest.py.
test: check
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n 4 --dist worksteal
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --skip-covered --include='$(PURE)' --fail-under=99

check: $(VENV)/.installed-dev
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy

# 200 kills of a bot that 50 people talk to, with faults on every wire: a quarter of an hour.
chaos: $(VENV)/.installed-dev
	$(BIN)/python -m tests.chaos

# The whole runtime under random talks, faults, kills and edits, with a clock of its own: ten minutes. FUZZ=20 is quick.
fuzz: $(VENV)/.installed-dev
	FUZZ=$(or $(FUZZ),300) $(BIN)/pytest -n 2 -s -o faulthandler_timeout=0 tests/fuzz

# Known weaknesses of the locked versions; see SECURITY.md. It needs PyPI itself, not a mirror.
audit: | $(VENV)/bin/python
	test -x build/audit/bin/pip-audit || { $(BIN)/python -m venv build/audit && build/audit/bin/python -m pip install --quiet pip-audit; }
	build/audit/bin/pip-audit --requirement requirements.lock --no-deps --disable-pip --progress-spinner off

# What editors make of the JSON Schema: yaml-language-server from npm, put into build/ (Node.js is needed).
test-editor: $(VENV)/.installed-dev build/editor/.installed
	YAML_LANGUAGE_SERVER=$(CURDIR)/build/editor/node_modules/yaml-language-server/bin/yaml-language-server \
	$(BIN)/pytest tests/editor/yaml_language_server.py

build/editor/.installed: Makefile
	npm install --silent --no-audit --no-fund --prefix build/editor yaml-language-server@1.25.0
	@touch $@

# The pictures in a real browser. CHROMIUM names one that is there; else Debian's is installed (as root).
CHROMIUM ?= /usr/bin/chromium
test-web: $(VENV)/.installed-dev build/web/.installed | $(CHROMIUM)
	CHROMIUM=$(CHROMIUM) PYTHONPATH=build/web/python $(BIN)/pytest tests/picture/in_browser.py
	@echo 'Screenshots: build/web/shots'

build/web/.installed: Makefile
	rm -rf build/web && mkdir -p build/web
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --target build/web/python playwright==1.65.2
	cd build/web && npm pack --silent mermaid@11.17.2 && tar xzf mermaid-*.tgz --strip-components=2 package/dist/mermaid.min.js && rm mermaid-*.tgz
	@touch $@

/usr/bin/chromium:
	@test "$$(id -u)" = 0 || { echo 'A browser is needed: apt install chromium, or make test-web CHROMIUM=/path/to/chrome' >&2; exit 1; }
	apt-get update -qq && apt-get install -y -qq chromium fonts-noto-core fonts-noto-color-emoji

bench: $(VENV)/.installed-dev
	@for file in benchmarks/*.py; do echo "== $$file"; $(BIN)/python -m benchmarks.$$(basename $$file .py) || exit 1; done

lint: $(VENV)/.installed
	@$(BIN)/dialogue lint

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

# The newest versions that pyproject.toml allows, in a new environment.
lock:
	rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -e '.[dev]'
	{ echo '# The versions that the tests ran with; constraints for pip (-c). Renew with: make lock'; \
	$(BIN)/python -m pip freeze --exclude-editable; } > requirements.lock

clean:
	rm -rf $(VENV) build dist .coverage* .mypy_cache .pytest_cache .ruff_cache

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo 'Python 3.11 or newer with its venv module is needed (Debian: apt install python3-venv).' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# Installed anew only when what is to be installed has changed. Bytecode: an editable install leaves it to the first start,
# and under PYTHONDONTWRITEBYTECODE, as container images set it, to every start, which then takes twice as long.
$(VENV)/.installed: pyproject.toml requirements.lock | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e .
	@$(BIN)/python -m compileall -q engine
	@touch $@

$(VENV)/.installed-dev: pyproject.toml requirements.lock | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e '.[dev]'
	@$(BIN)/python -m compileall -q engine
	@touch $@ $(VENV)/.installed
