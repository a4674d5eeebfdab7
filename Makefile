PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= out/sample

.PHONY: run explore test slow faults check release clean

run: $(VENV)/.run
	$(BIN)/communique run config/sample/dumps --out $(OUT)
	@$(BIN)/python -m flows.tour $(OUT)

explore: $(VENV)/.explore
	@test -d $(OUT) || $(BIN)/communique run config/sample/dumps --out $(OUT)
	$(BIN)/communique explore $(OUT) --open

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 -m "not slow"

slow: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 -m slow

faults: $(VENV)/.dev
	place=$$(mktemp -d) && \
	$(BIN)/python -m tests.faults.campaign --kills 60 --runner threads --work $$place/threads && \
	$(BIN)/python -m tests.faults.campaign --kills 40 --runner processes --work $$place/processes && rm -rf $$place

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

release: $(VENV)/.dev
	rm -rf dist
	$(BIN)/python -m build --no-isolation --outdir dist
	PYTHON=$(BIN)/python .ci/try_wheel dist/*.whl

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[query]"
	@echo Hemetwithhimonmonday | $(BIN)/communique restore > $@  # compiles the search, once

$(VENV)/.explore: $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[query,explore]"
	@touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $@

clean:
	rm -rf $(VENV) out dist
