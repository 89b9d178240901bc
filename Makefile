# What a reader, a tinkerer or a referee types; plain `make` lists it. For GNU make 3.81 (macOS) and newer.

PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
BIN := $(VENV)/bin
VIEWER := $(VENV)/etc/jupyter/labconfig/default_setting_overrides.json
SOURCES := _config.yml _toc.yml $(shell find book ghostlib -name __pycache__ -prune -o -name '.*' -prune -o -type f -print)

# One thread for linear algebra: on arrays as small as these a second one makes torch ten times slower.
OMP_NUM_THREADS ?= 1
OPENBLAS_NUM_THREADS ?= 1
MKL_NUM_THREADS ?= 1
export OMP_NUM_THREADS OPENBLAS_NUM_THREADS MKL_NUM_THREADS
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Some machines set it. Then every process here, each chapter's among them, would compile torch and SymPy again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help book serve lab dist test lint browser bench clean

help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-6s %s\n", $$1, $$2}' Makefile

book: _build/.built ## environment in .venv, all notebooks run, the book in _build/html/
	@echo "The book: _build/html/index.html (or: make serve)"

serve: _build/.built ## the book at http://127.0.0.1:8000/ (another port: PORT=8001)
	@"$(BIN)/python" -c 'import socket; socket.create_server(("127.0.0.1", int("$(PORT)"))).close()' 2>/dev/null || { echo "Port $(PORT) cannot be had: something else may be served there. Name another one: make serve PORT=8765" >&2; exit 1; }
	@echo "The book: http://127.0.0.1:$(PORT)/ (Ctrl-C ends it)"
	@"$(BIN)/python" -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

lab: $(VIEWER) ## the chapters as notebooks in JupyterLab
	@test "$$(id -u)" != 0 || { echo 'JupyterLab does not start as root. Be another user or, in a container, allow it: "$(BIN)/jupyter-lab" --allow-root book/index.md' >&2; exit 1; }
	"$(BIN)/jupyter-lab" book/index.md

dist: $(VENV)/.extra-dist browser _build/.built ## the book to take away: a PDF, and a zip of everything, in _build/dist/
	"$(BIN)/python" tools/dist.py _build

test: $(VIEWER) $(VENV)/.extra-cluster $(VENV)/.extra-dist lint browser _build/.built ## everything: style, unit tests, notebooks, the built book in a browser
	"$(BIN)/python" -m pytest --numprocesses logical --maxprocesses 4 --dist loadfile

lint: $(VENV)/.ready ## style only
	"$(BIN)/ruff" check .
	"$(BIN)/ruff" format --check .

bench: $(VENV)/.extra-bench ## speed against the alternatives
	@for script in benchmarks/bench_*.py; do "$(BIN)/python" "$$script" || exit 1; done

clean: ## remove what was built, keep .venv
	rm -rf _build .cache .pytest_cache .ruff_cache .hypothesis
	find book ghostlib tests benchmarks -name __pycache__ -prune -exec rm -rf {} +

# What pip says is read only if it fails; with --quiet it would not even say which packages are in conflict.
pip_install = "$(BIN)/python" -m pip install --no-compile --progress-bar off $(1) >"$(VENV)/pip.log" 2>&1 || { cat "$(VENV)/pip.log" >&2; echo "pip could not install the packages into $(VENV); its reason is above. If it was the network, run make again. To try another Python: rm -r $(VENV) && make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }

# Bytecode is written by whoever imports first: compiling all of torch and SymPy ahead takes longer than installing them.
$(VENV)/.ready: requirements.txt constraints.txt pyproject.toml tools/jupyter_config.json
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "The book needs Python 3.11 or newer, and $(PYTHON) is $$("$(PYTHON)" --version 2>&1 || echo missing). Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments: it comes without venv or ensurepip. On Debian or Ubuntu: sudo apt-get install python3-venv" >&2; exit 1; }
	@"$(BIN)/python" -m pip --version >/dev/null 2>&1 || "$(PYTHON)" -m venv --clear "$(VENV)"
	@echo "Installing the pinned packages into $(VENV) ..."
	@$(call pip_install,-r requirements.txt)
	@$(call pip_install,--no-build-isolation --no-deps -e .)
	@mkdir -p "$(VENV)/etc/jupyter" && cp tools/jupyter_config.json "$(VENV)/etc/jupyter/"
	@touch $@

$(VENV)/.extra-%: $(VENV)/.ready
	@echo "Adding the extra '$*' to $(VENV) ..."
	@$(call pip_install,--no-build-isolation -e '.[$*]' -c requirements.txt)
	@touch $@

# A click on a chapter opens it as a notebook. The setting lives in the environment, not in anyone's home.
$(VIEWER): $(VENV)/.extra-lab
	@JUPYTER_CONFIG_DIR="$(VENV)/etc/jupyter" "$(BIN)/jupytext-config" set-default-viewer markdown
	@touch $@

# A stamp of its own, since a build that fails leaves pages behind.
_build/.built: $(VENV)/.ready $(SOURCES)
	"$(BIN)/jupyter-book" build book --config _config.yml --toc "$(CURDIR)/_toc.yml" --path-output . -W --keep-going --all
	@touch $@

# One that is installed; else Debian's, for root; else Playwright's own.
browser: $(VENV)/.ready
	@"$(BIN)/python" tests/browser.py 2>/dev/null || \
	{ test "$$(id -u)" = 0 && apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends chromium && "$(BIN)/python" tests/browser.py; } || \
	"$(BIN)/python" -m playwright install chromium
