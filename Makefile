# Everything from a clean checkout with Python 3.11 or newer and make. `make` alone lists the targets.

PYTHON ?=
UV_VERSION := 0.13.9
LOCK_OPTIONS ?=
LAB_ROOT ?= .
LAB_OPTIONS ?=

VENV := .venv
BIN := $(VENV)/bin
LOCK := requirements.lock
BENCH_LOCK := bench/requirements.lock
BENCH := .venv-bench
BENCH_READY := $(BENCH)/.ready
BENCH_OPTIONS ?=
INSTALLED := $(VENV)/.packages-installed
READY := $(VENV)/.ready

# What a run leaves in a notebook beyond its outputs: papermill's record and the version of the Python that ran it.
# Cell ids stay, since they name the cells.
STRIP := $(BIN)/nbstripout --keep-id --extra-keys "metadata.papermill cell.metadata.papermill metadata.language_info.version"

# One thread for linear algebra: sums are then taken in one order, and results repeat.
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
export MKL_NUM_THREADS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# A path set for another project must not reach into the environment.
unexport PYTHONPATH
unexport PYTHONHOME

# Sets the shell's `python` to the first Python that will do, or ends with one line that says what is missing. Each
# candidate is run, not only looked up: a version manager's stand-in may exist for a Python that is not active.
define find-python
python=; bare=; \
for candidate in $(if $(PYTHON),"$(PYTHON)",python3.11 python3.12 python3.13 python3 python3.14); do \
	"$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue; \
	if "$$candidate" -c 'import ensurepip, venv' >/dev/null 2>&1; \
	then python=$$candidate; break; else bare=$${bare:-$$candidate}; fi; \
done; \
if [ -z "$$python" ] && [ -n "$$bare" ]; then \
	echo "$$bare cannot make environments (no venv or ensurepip); on Debian or Ubuntu: apt-get install python3-venv" >&2; \
	exit 1; \
elif [ -z "$$python" ]; then \
	echo "no Python 3.11 or newer found$(if $(PYTHON), as $(PYTHON)); install one, or name it: make PYTHON=/path/to/python3" >&2; \
	exit 1; \
fi
endef

.PHONY: help setup figures check lab browser-check bench strip wheel lock clean
.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

setup: $(READY) ## set up the environment in .venv (the targets below do it where needed)

figures: $(READY) ## run the study: every notebook in order, every table and figure into figures/
	$(BIN)/wsis-nlp reproduce

check: $(READY) ## lint, types, notebooks without outputs, all tests (CI runs this)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(STRIP) --verify notebooks/*.ipynb notebooks/labs/*.ipynb
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

lab: $(READY) ## open the notebooks in JupyterLab
	$(BIN)/jupyter lab --ServerApp.root_dir="$(LAB_ROOT)" --LabApp.default_url=/lab/tree/notebooks \
		--LabApp.extension_manager=readonly $(LAB_OPTIONS)

browser-check: $(READY) ## run every notebook in JupyterLab, in Chromium without a screen (CI runs this)
	$(BIN)/python -m pytest -n auto --dist loadgroup tests/browser

bench: $(BENCH_READY) ## compare speed and memory with named peers, into bench/RESULTS.md (an hour or two)
	$(BENCH)/bin/python -m bench $(BENCH_OPTIONS)

strip: $(READY) ## remove outputs and run records from notebooks/
	$(STRIP) notebooks/*.ipynb notebooks/labs/*.ipynb

wheel: $(READY) ## build the wheel into dist/
	$(BIN)/python -m build --wheel --no-isolation

# What `make bench` compares with is in a lock of its own, since nothing else needs it.
lock: ## bring the lock files up to pyproject.toml (LOCK_OPTIONS=--upgrade for the newest releases)
	@$(find-python); tool=$$(mktemp -d) && trap 'rm -rf "$$tool"' EXIT && \
	"$$python" -m venv "$$tool" && "$$tool/bin/python" -m pip install --quiet uv==$(UV_VERSION) && \
	bring_up() { \
		lock=$$1; shift; cp "$$lock" "$$tool/lock" && \
		"$$tool/bin/uv" pip compile --quiet --no-config --system-certs --universal --python-version 3.11 \
			--fork-strategy fewest --generate-hashes --no-header --no-annotate $(LOCK_OPTIONS) "$$@" \
			--output-file "$$tool/lock" pyproject.toml && \
		{ cmp -s "$$tool/lock" "$$lock" || cp "$$tool/lock" "$$lock"; }; \
	} && \
	bring_up $(LOCK) --extra page --extra documents --extra scale --extra dev && \
	bring_up $(BENCH_LOCK) --all-extras --constraint $(LOCK)

clean: ## remove the environment, caches and builds (figures/ stays)
	rm -rf $(VENV) $(BENCH) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name .git -prune -o \( -name __pycache__ -o -name .ipynb_checkpoints \) -type d -prune -exec rm -rf {} +

$(INSTALLED): $(LOCK)
	@$(find-python) && echo "Setting up $(VENV) with $$python ($$(grep -c == $(LOCK)) packages; one to three minutes)" && \
	"$$python" -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --progress-bar off --no-deps --require-hashes -r $(LOCK)
	@touch $@

# The plugin of JupyterLab that is disabled looks for news and new versions, and asks every new user whether it may.
$(READY): $(INSTALLED) pyproject.toml
	@$(BIN)/python -m pip install --quiet --no-build-isolation --no-deps -e .
	@$(BIN)/python -m pip check
	@mkdir -p $(VENV)/etc/jupyter/labconfig
	@echo '{"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": true}}' \
		>$(VENV)/etc/jupyter/labconfig/page_config.json
	@touch $@

$(BENCH_READY): $(BENCH_LOCK) pyproject.toml
	@$(find-python) && echo "Setting up $(BENCH) with $$python ($$(grep -c == $(BENCH_LOCK)) packages)" && \
	"$$python" -m venv --clear $(BENCH)
	@$(BENCH)/bin/python -m pip install --quiet --progress-bar off --no-deps --require-hashes -r $(BENCH_LOCK)
	@$(BENCH)/bin/python -m pip install --quiet --no-build-isolation --no-deps -e .
	@touch $@
