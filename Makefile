# One command each; every one of them does the set-up it needs and skips what is there.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MONTH ?= 2026-10

export ICELINES_WORKSPACE ?= workspace

.PHONY: help setup demo test test-all check serve bench bench-prepare clean

help:
	@echo "make demo      a simulated year for three shelves becomes a release and a site"
	@echo "make serve     show the result: STAC API and site on http://127.0.0.1:8765"
	@echo "make test      set-up, static checks and all tests but the longest"
	@echo "make test-all  as test, with every seed of the long suites"
	@echo "make check     static checks only: ruff, mypy, import contracts"
	@echo "make bench     our speed beside our peers'"
	@echo "make bench-prepare  our preparation beside GDAL, sarsen and xarray-sentinel: time, memory, errors"
	@echo "make clean     remove what these commands made"

setup:
	@PYTHON=$(PYTHON) scripts/setup

demo: setup
	@scripts/demo $(MONTH)

serve: setup
	$(BIN)/icelines serve --state working

check: setup
	@scripts/check

test: setup check
	$(BIN)/pytest -m "not long"

test-all: setup check
	$(BIN)/pytest --hypothesis-profile=whole

bench: setup
	$(BIN)/python -m benchmarks

bench-prepare: setup
	$(BIN)/python -m benchmarks.preparation

clean:
	rm -rf $(VENV) .envs workspace test-artefacts dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
