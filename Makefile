# One command each; every one of them does the set-up it needs and skips what is there.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MONTH ?= 2026-10
DATA ?= ../shared/data/training/caffe256

export ICELINES_WORKSPACE ?= workspace

.PHONY: help setup demo test test-all check serve bench bench-prepare bench-inference bench-check bench-series ablation models clean

help:
	@echo "make demo      a simulated year for three shelves becomes a release and a site"
	@echo "make serve     show the result: STAC API and site on http://127.0.0.1:8765"
	@echo "make test      set-up, static checks and all tests but the longest"
	@echo "make test-all  as test, with every seed of the long suites"
	@echo "make check     static checks only: ruff, mypy, import contracts"
	@echo "make bench     our speed beside our peers'"
	@echo "make bench-prepare  our preparation beside GDAL, sarsen and xarray-sentinel: time, memory, errors"
	@echo "make bench-inference  our inference beside the plain network: time, changes, displaced fronts"
	@echo "make bench-check   how many false fronts the check finds, how many true ones it doubts"
	@echo "make bench-series  check, average and events over many fronts: time, memory, growth"
	@echo "make ablation  what mending each fault of the published loss brings"
	@echo "make models    train the shipped models again (hours; labelled images in ../shared or DATA=)"
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

bench-inference: setup
	$(BIN)/python -m benchmarks.inference

bench-check: setup
	$(BIN)/python -m benchmarks.checking

bench-series: setup
	$(BIN)/python -m benchmarks.series

ablation: setup
	$(BIN)/python -m benchmarks.ablation

models: setup
	@scripts/train_models $(DATA)

clean:
	rm -rf $(VENV) .envs workspace test-artefacts dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
