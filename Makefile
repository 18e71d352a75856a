# What a contributor needs. Every target installs what it uses into .venv; nothing else is touched.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

help: ## show this
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

demo: $(READY) ## play two whole stories on real servers, here and now
	$(BIN)/outreach sandbox --play

test: $(READY) system ## every check: style, types, floors, all tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest --hypothesis-profile=ci

fuzz: $(READY) ## the property tests alone, each time with other input than before (some minutes)
	$(BIN)/pytest $$(grep -rl "^from hypothesis" tests --include='test_*.py')

interop: $(READY) ## talk with the bot through the library of current clients (needs Node 20 or newer, with npm)
	npm ci --prefix tests/interop --no-audit --no-fund
	$(BIN)/pytest -m interop tests/interop

chaos: $(READY) ## kill the bot more than 300 times while people talk with it, encrypted (a quarter of an hour)
	TESTS_KILL_ROUNDS=12 $(BIN)/pytest -s tests/kill/test_kill.py -k "undisturbed or killed"

system: ## Debian packages that some tests need, where they may be installed
	@echo "system: this version needs no Debian packages"

bench: $(READY) ## measure against floors in the same run
	$(BIN)/python -m tests.bench

locales: $(READY) ## extract, update and check the catalogs
	$(BIN)/python -m outreach.adapters.rendering.upkeep templates locales
	$(BIN)/outreach letters lint

lock: ## renew requirements.lock (needs the network)
	$(BIN)/pip-compile --quiet --all-extras --allow-unsafe --generate-hashes --strip-extras --no-header \
	  --no-emit-options --output-file requirements.lock pyproject.toml

.PHONY: help demo test fuzz interop chaos system bench locales lock
