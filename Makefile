# Everything that one does here. Nothing is needed beyond Python 3.11, make and git; each target does its own set-up.

PYTHON ?= $(or $(shell command -v python3.11),$(shell command -v python3))
WORLD ?= small
PORT ?= 8080
FUZZ_SECONDS ?= 2
BIN := .venv/bin
INSTALLED := .venv/.installed
MIGRATED := .airflow/migrated

.DEFAULT_GOAL := help
.PHONY: help setup airflow-db demo test fuzz check lint types format bench bench-rdds airflow notebook lock clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile

setup: $(INSTALLED)  ## virtual environment with the locked dependencies (does nothing where it stands)

airflow-db: $(MIGRATED)  ## Airflow's own database, in .airflow (does nothing where it stands)

demo: $(INSTALLED) $(MIGRATED)  ## from nothing to a report: the lab, the real DAGs over its days, where to look
	@$(BIN)/churn demo

test: $(INSTALLED) $(MIGRATED)  ## every test, file by file on two cores, the long ones first
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

fuzz: $(INSTALLED)  ## hostile bytes for every reader, two seconds each (FUZZ_SECONDS=2), other ones each time
	FUZZ_SECONDS=$(FUZZ_SECONDS) FUZZ_SEED=$(FUZZ_SEED) $(BIN)/python -m pytest -q tests/fuzz

check: FUZZ_SEED ?= 1
check: lint types fuzz test  ## what must hold before a commit: lint, types, import rules, fuzzers, tests (notebook and documents too)

lint: $(INSTALLED)  ## style, format and the order of the layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(INSTALLED)  ## mypy, strict
	$(BIN)/mypy

format: $(INSTALLED)  ## put the format right
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: $(INSTALLED)  ## the benchmarks
	$(BIN)/churn bench

bench-rdds: $(INSTALLED)  ## what WHOIS answers of the corpora mean, field by field, beside python-whois alone
	@$(BIN)/python tests/bench/bench_rdds.py

airflow: $(INSTALLED) $(MIGRATED)  ## Airflow in the browser, with the lab as its Internet (WORLD=small PORT=8080)
	@$(BIN)/python -m churn.orchestrate.standalone --world $(WORLD) --port $(PORT)

notebook: $(INSTALLED)  ## the notebooks, in Jupyter
	$(BIN)/jupyter lab --ip=127.0.0.1 notebooks

lock: $(INSTALLED)  ## pin the dependencies of pyproject.toml anew, with hashes
	$(BIN)/uv lock --quiet
	$(BIN)/uv export --quiet --all-groups --no-emit-project --no-header --no-annotate --output-file requirements.lock

clean:  ## remove what setup made (data stays)
	rm -rf .venv .airflow .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# uv first, by pip, with the hash that the lock has; then the rest by uv, which takes seconds. uv does not read pip's
# configuration, so the index that pip uses is told to it; where it can't reach one, pip does the same work, slowly.
# Modules are compiled once (a quarter of a minute), not at each start, which in some containers keeps nothing. The
# project itself needs no build: a path file and its command.
$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
		{ echo "Python 3.11 is needed; found $(PYTHON). Set PYTHON=/path/to/python3.11."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing the locked dependencies into .venv"
	@awk '/^uv==/ {found = 1} found {print} found && !/\\$$/ {exit}' requirements.lock > .venv/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement .venv/uv.txt
	@index="$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(BIN)/python -m pip config get global.index-url 2>/dev/null)}}"; \
		if [ -n "$$index" ]; then export UV_DEFAULT_INDEX="$$index"; fi; \
		$(BIN)/uv pip sync --quiet --system-certs --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock || \
		{ echo "uv could not install them; pip tries (this takes longer)"; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock; }
	@$(BIN)/python -c 'import pathlib, sysconfig; site = pathlib.Path(sysconfig.get_path("purelib")); \
		(site / "domain_churn.pth").write_text(str(pathlib.Path.cwd()) + "\n")'
	@printf '#!%s\nimport sys\nfrom churn.cli import main\nif __name__ == "__main__":\n    sys.exit(main())\n' "$(CURDIR)/$(BIN)/python" > $(BIN)/churn
	@chmod +x $(BIN)/churn
	@touch $@

$(MIGRATED): $(INSTALLED)
	@echo "Setting up Airflow's database in .airflow"
	@$(BIN)/python -c 'from churn.orchestrate import migrated_home; migrated_home()'
	@touch $@
