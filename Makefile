# `make` alone says what there is. Every target installs what it needs and can be run again and again.

# A Python to make the environment with; by default the first one on the PATH that is new enough.
PYTHON =
PORT = 8000
# More words for the program that a target calls: make test ARGS="-k wheel"
ARGS =

BIN = .venv/bin
# The variables keep pip from advising a newer pip and, in Debian 12, from warning of its old way to build.
PIP = PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_USE_PEP517=1 $(BIN)/python -m pip --quiet
# An environment works only in the folder that it was made in, so the mark that it is ready holds for that one.
READY := .venv/.ready-$(shell pwd -P | cksum | cut -d ' ' -f 1)

.DEFAULT_GOAL = help
.PHONY: help programs run test lint bench setup lock clean screenshots

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

# Without root's rights they can't be installed: then old Office files and scans can't be converted, which is said.
run: setup ## Web and workers at http://127.0.0.1:8000 (PORT=8001 for another); Ctrl-C ends them
	@$(MAKE) --no-print-directory programs || echo "Going on without: DOC, PPT and scanned pages can't be converted."
	@$(BIN)/portal serve --sign-in-link --port $(PORT) $(ARGS)

# One run of pytest, so that its closing line and its exit status are those of the whole. A file's tests share a process
# and what they set up; files keep their order, since by number of tests the slow ones would come last. One process more
# than there are cores, since a quarter of the time is spent waiting for others. Tests start some hundred Python programs:
# each would compile the portal anew where images of containers forbid to keep bytecode.
test: setup programs ## Every test, headless Chromium, PostgreSQL and Redis included
	@scripts/install-browser
	@scripts/ensure-package postgresql scripts/postgresql-path
	@scripts/ensure-package redis-server redis-server --version
	@scripts/ensure-package curl curl --version
	@scripts/ensure-package openssl openssl version
	@PYTHONDONTWRITEBYTECODE= TMPDIR="$$(scripts/scratch-folder)" PORTAL_TEST_BROWSER="$$(scripts/browser-path)" \
	    $(BIN)/python -m pytest -n $$(($$(nproc) + 1)) --dist loadfile --no-loadscope-reorder $(ARGS)

programs: ## What converts old Office files (LibreOffice) and recognises text in scans (Tesseract)
	@scripts/ensure-package "libreoffice-writer-nogui libreoffice-impress-nogui" scripts/has-office
	@scripts/ensure-package "tesseract-ocr tesseract-ocr-eng" tesseract --version

lint: setup ## Style and types
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

bench: setup programs ## Measure the portal beside the databases' own loaders
	@scripts/ensure-package sqlite3 sqlite3 --version
	@scripts/ensure-package postgresql scripts/postgresql-path
	@$(BIN)/python -m tests.bench $(ARGS)

setup: $(READY) ## The environment in .venv, with the releases that requirements.lock names

# Made again when the lock or the project's own description changes. --no-deps, since the lock has brought them
# all; no build isolation, since that would fetch a build backend of any release.
$(READY): requirements.lock pyproject.toml scripts/make-environment
	@scripts/make-environment .venv "$(PYTHON)"
	@echo "Installing into .venv, which takes about a minute ..."
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

lock: ## Renew requirements.lock after a change of pyproject.toml (ARGS=--upgrade: newer releases of all)
	@scripts/make-environment build/lock "$(PYTHON)"
	@build/lock/bin/python -m pip install --quiet 'uv>=0.13,<0.14'
	@build/lock/bin/uv pip compile --quiet --universal --fork-strategy fewest --generate-hashes --extra test \
	    --custom-compile-command 'make lock' --output-file requirements.lock $(ARGS) pyproject.toml

clean: ## Remove the environment and what tools left; the data in instance/ stays
	@rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis test-results

screenshots: setup ## Pictures of every page for docs/screenshots
	@scripts/install-browser
	@PORTAL_TEST_BROWSER="$$(scripts/browser-path)" $(BIN)/python -m tests.e2e.screenshots $(ARGS)
