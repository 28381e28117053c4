# Everything runs in .venv, which these targets make and keep in step with the locked requirements.
# The files .venv/.runtime and .venv/.dev say which requirements were installed last.

.DEFAULT_GOAL := help
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory

PORT ?= 8501
HOST ?= 127.0.0.1
WORKERS ?= 2
export PORT HOST

PYTHON := .venv/bin/python
INSTALL := $(PYTHON) -m pip install -qq --disable-pip-version-check --no-input --require-hashes
COMPILE := $(PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command 'make lock'

.PHONY: help setup setup-dev office run test test-all lint lock sample docs screenshots clean

help: ## List what can be made
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /\1\t/' | while IFS="$$(printf '\t')" read -r name text; do printf '  make %-10s %s\n' "$$name" "$$text"; done

setup: .venv/.runtime ## Make .venv with the locked packages, and build the figures where they are missing or old
	@$(PYTHON) -m etl boundaries --try-once # outlines for the map where the internet is there; the map works without
	@$(PYTHON) -m etl build --if-stale || [ -f data/warehouse/CURRENT ] # what was published before is still good to show

setup-dev: .venv/.dev ## The same with the packages for tests and checks, a browser, a sign-in provider and nginx for the tests
	@$(PYTHON) -m tests.browser.install
	@$(PYTHON) -m tests.browser.sign_in_server
	@$(PYTHON) -m tests.deploy.install

office: .venv/.dev ## LibreOffice for the tests that open exported files with it; without it they are skipped and say so
	@$(PYTHON) -m tests.exports.office

run: setup ## Set up, and serve the dashboard on PORT (8501)
	@exec $(PYTHON) serve.py

test: setup-dev ## Run every test
	@$(PYTHON) -m pytest -n $(WORKERS) --dist loadfile

test-all: setup-dev ## The same with the long rounds: kills, publishes under readers, damaged files, every ward
	@EVERY_UNIT=1 FAULTS=all INTAKE_EXAMPLES=2000 $(PYTHON) -m pytest -n $(WORKERS) --dist loadfile

lint: .venv/.dev ## Check style, types and the order of the layers
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports --no-logo

lock: .venv/.dev ## Pin every package again, with hashes, from the .in files (LOCK=--upgrade for the newest)
	@$(COMPILE) $(LOCK) requirements.in -o requirements.txt
	@$(COMPILE) $(LOCK) requirements-dev.in -o requirements-dev.txt

sample: .venv/.runtime ## Generate the illustrative reports in data/sample again
	@$(PYTHON) -m etl sample

docs: .venv/.runtime ## Write docs/data-dictionary.md from the contracts
	@$(PYTHON) -m etl dictionary

screenshots: setup-dev ## Take the pictures of the guides again (docs/images)
	@$(PYTHON) -m scripts.screenshots

clean: ## Remove .venv, the built figures and caches
	@rm -rf .venv data/warehouse .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -type d -name __pycache__ -prune -exec rm -rf {} +

# The newest Python that works; some machines have a name on the path that does not.
.venv/bin/python:
	@for candidate in python3.13 python3.12 python3.11 python3; do \
		if "$$candidate" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
			echo "Tạo .venv · Making .venv ($$("$$candidate" --version))"; \
			rm -rf .venv; \
			"$$candidate" -m venv .venv && exit 0; \
			rm -rf .venv; \
			exit 2; \
		fi; \
	done; \
	echo "Cần Python 3.11 trở lên, có venv (Debian, Ubuntu: apt-get install python3 python3-venv)." >&2; \
	echo "Python 3.11 or newer with venv is needed (Debian, Ubuntu: apt-get install python3 python3-venv)." >&2; \
	exit 2

.venv/.runtime: requirements.txt | .venv/bin/python
	@echo "Cài các gói · Installing packages"
	@$(INSTALL) -r requirements.txt
	@touch $@

.venv/.dev: requirements.txt requirements-dev.txt | .venv/bin/python
	@echo "Cài các gói để kiểm thử · Installing packages for the tests"
	@$(INSTALL) -r requirements-dev.txt
	@touch .venv/.runtime $@
