# `make app` serves the app on port 8501; `make test` runs every check; `make wheel` writes the package
# to dist/. Each sets up what it needs.
PYTHON ?= python3
BIN := .venv/bin
VIEWER := static/3Dmol-min.js
VIEWER_VERSION := 2.5.5
AXE := tests/support/axe.min.js
AXE_VERSION := 4.10.3

.PHONY: app test lint setup wheel model viewer axe clean

app: .venv/.app viewer
	$(BIN)/python -m tcexplore.app.serve --server.port 8501

test: .venv/.dev viewer axe lint
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not browser"
	$(BIN)/python -m pytest -n 2 --dist loadfile -m browser

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports --no-cache

setup: .venv/.dev viewer

wheel: .venv/.dev viewer
	rm -rf dist
	$(BIN)/python -m build --wheel --no-isolation --outdir dist .

# Trains a model from nothing and measures it: make model DATA=<folder of the public tables> NAME=my-model
NAME ?= my-model
model: .venv/.app
	@test -n "$(DATA)" || { echo "name the folder of the data: make model DATA=DIR"; exit 1; }
	mkdir -p runs
	$(BIN)/python -m tcexplore dataset --data $(DATA) --out runs/data.parquet
	$(BIN)/python -m tcexplore train --data runs/data.parquet --name $(NAME)
	$(BIN)/python -m tcexplore evaluate --data runs/data.parquet --model $(NAME)

.venv/.app: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "tcexplore needs Python 3.11 or newer; set it with: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -e .
	@touch $@

.venv/.dev: .venv/.app requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# 3Dmol.js for the 3D views comes from npm where npm is there; without it the views load it from
# py3Dmol's own address, and say so.
viewer:
	@if [ ! -f $(VIEWER) ] && command -v npm > /dev/null; then \
	  folder=$$(mktemp -d) && \
	  npm pack --silent --pack-destination "$$folder" 3dmol@$(VIEWER_VERSION) > /dev/null && \
	  tar -xzf "$$folder"/3dmol-*.tgz -C "$$folder" && \
	  cp "$$folder"/package/build/3Dmol-min.js $(VIEWER) && rm -r "$$folder"; \
	fi; \
	[ -f $(VIEWER) ] || echo "3Dmol.js was not fetched (is npm there?): 3D views will load it over the network."

# axe-core, with which a browser test checks all pages for accessibility, comes from npm as well.
axe:
	@if [ ! -f $(AXE) ] && command -v npm > /dev/null; then \
	  folder=$$(mktemp -d) && \
	  npm pack --silent --pack-destination "$$folder" axe-core@$(AXE_VERSION) > /dev/null && \
	  tar -xzf "$$folder"/axe-core-*.tgz -C "$$folder" && \
	  cp "$$folder"/package/axe.min.js $(AXE) && rm -r "$$folder"; \
	fi

clean:
	rm -rf .venv dist $(VIEWER) $(AXE) .pytest_cache .ruff_cache .hypothesis
