# Needs Python 3.11 or newer and make; everything else comes from requirements.lock.
PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
PATHS := connectors streams alerts console wirewatch tests benchmarks tools

.DEFAULT_GOAL := help
.PHONY: help install demo run test lint format unit broker bench screenshots lock clean

help:
	@echo "make demo      set everything up, play a day on the wires, show the alerts (ARGS=\"--once\" ends by itself)"
	@echo "make run       watch the world as wirewatch.toml says"
	@echo "make test      set everything up, run every check"
	@echo "make install   make .venv from requirements.lock, alone"
	@echo "make lint      ruff, mypy, import-linter"
	@echo "make unit      the tests that need no Kafka; make broker: those that do (ARGS go to pytest)"
	@echo "make bench     the benchmarks"
	@echo "make format    let ruff format and mend"
	@echo "make screenshots  take the pictures of the console for docs/images (needs Debian's chromium)"
	@echo "make lock      resolve the Python packages and Kafka's jars anew"
	@echo "make clean     remove .venv and every cache of the tools; state folders stay"

install: .venv/.installed

.venv/.installed: pyproject.toml requirements.lock tools/install.py
	@$(PYTHON) tools/install.py

demo: install
	@$(BIN)/wirewatch up --demo $(ARGS)

run: install
	@$(BIN)/wirewatch up $(ARGS)

test: lint unit broker

lint: install
	$(BIN)/ruff check $(PATHS)
	$(BIN)/ruff format --check $(PATHS)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

unit: install
	$(BIN)/python -m pytest -m "not broker" $(ARGS)

broker: install
	$(BIN)/python -m pytest -m broker $(ARGS)

format: install
	$(BIN)/ruff check --fix $(PATHS)
	$(BIN)/ruff format $(PATHS)

bench: install
	@for each in benchmarks/*.py; do name=$$(basename $$each .py); case $$name in __init__|stages|outlets|*_reader|*_others) ;; *) echo "== $$name"; $(BIN)/python -m benchmarks.$$name $(ARGS) || exit 1;; esac; done

screenshots: install
	@$(BIN)/python tools/screenshots.py

# The lock names no index, so that it serves behind any mirror.
lock: install
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --extra embedded --group dev pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --constraint requirements.lock pyproject.toml -o deploy/requirements.lock
	$(BIN)/python -m wirewatch.embedded.relock

clean:
	rm -rf .venv dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .benchmarks
