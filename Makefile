# The commands of Lvzhang. They need git, make and Python 3.11 or newer, and nothing else.

PYTHON ?= python3
ARGS ?=
RUN = .venv/bin/python -m
SIDE_BY_SIDE = --numprocesses=3 --dist=loadfile
TWO_AT_ONCE = --numprocesses=2 --dist=loadfile
SHELL = /bin/sh

.DEFAULT_GOAL := help
.PHONY: help run test test-long check format coverage bench audit reset lock environment build pages

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## Start everything at http://127.0.0.1:8000 (PORT=… moves it); Ctrl-C stops it
	@exec $(RUN) backend.local run

test: build ## Run the tests (ARGS="…" goes to pytest)
	@exec $(RUN) pytest -m "not long" $(SIDE_BY_SIDE) $(ARGS)

test-long: build ## Run the long tests, then the ledger and the journeys on Debian's PostgreSQL and Redis
	@$(RUN) pytest -m "long and not gallery" $(TWO_AT_ONCE) $(ARGS)
	@$(RUN) backend.local debian
	@LV_SERVERS=debian $(RUN) pytest -m "not long" $(SIDE_BY_SIDE) tests/ledger tests/journeys $(ARGS)

check: environment ## Check format, lint, security, types and import contracts
	@$(RUN) ruff format --check --quiet .
	@$(RUN) ruff check --quiet .
	@$(RUN) bandit --quiet --configfile pyproject.toml --recursive backend ledger seeds
	@$(RUN) mypy
	@.venv/bin/lint-imports

format: environment ## Put the code in order
	@$(RUN) ruff check --quiet --fix .
	@$(RUN) ruff format .

coverage: build ## Run the tests and show which lines they reach
	@$(RUN) coverage run -m pytest -m "not long" $(ARGS)
	@$(RUN) coverage report

bench: environment ## Measure, print a table and write bench/out/ (ARGS="ledger" picks topics)
	@exec $(RUN) bench $(ARGS)

pages: build ## Take a picture of every page, and measure them, into bench/out/
	@exec $(RUN) pytest -m "gallery" tests/web $(ARGS)

audit: environment ## Check every book of the local ledger (ARGS=--since-last reads only what is new)
	@exec $(RUN) backend.local with python -m backend.cli audit $(ARGS)

reset: environment ## Delete the local database and queue; the next run begins anew
	@exec $(RUN) backend.local reset

lock: environment ## Resolve the dependencies of setup.cfg anew (ARGS=--upgrade moves them)
	@for lock in "setup.cfg --output-file requirements.txt" \
	  "setup.cfg --output-file requirements-dev.txt --extra local --extra dev --constraint requirements.txt" \
	  "tests/clients/requirements.in --output-file tests/clients/requirements.txt"; do \
	  .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(ARGS) $$lock || exit 1; \
	done; rm -rf *.egg-info

environment:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here: install Python 3.11 or newer, or name one, PYTHON=/path/to/python3." >&2; exit 1; }
	@$(PYTHON) -I backend/local/environment.py

build: environment
	@$(RUN) backend.web.build > /dev/null
