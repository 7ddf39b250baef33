# From git, make and a Python of 3.11 or later to a running closedwon: `make demo`.

.PHONY: help demo test check bench bench-evidence lock odoo clean
VENV := .venv
ODOO := .odoo
BIN := $(VENV)/bin
READY := $(VENV)/.ready

help:
	@echo "make demo    a simulated CRM, trained on, judged, scored, published and reported"
	@echo "make test    all tests"
	@echo "make check   format, lint, types and the import rule"
	@echo "make bench   seconds and memory of every stage at 200,000 accounts (BENCH_FLAGS='--accounts 20000 --repeat 3')"
	@echo "make bench-evidence   what the scores are worth, twenty minutes (real data where CLOSEDWON_REAL_DATA names it)"
	@echo "make lock    requirements.lock after a change of pyproject.toml (LOCK_FLAGS=--upgrade for newer releases)"
	@echo "make odoo    an Odoo for the tests that import into one (needs Python 3.7 and, to run, PostgreSQL)"
	@echo "make clean   remove what make and the tools made, never a store or scores"

demo: $(READY)
	$(BIN)/closedwon demo

test: $(READY)
	$(BIN)/python -m pytest -q -n 2 --dist loadfile

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_import_rule.py

bench: $(READY)
	$(BIN)/python -m benchmarks.speed $(BENCH_FLAGS)

bench-evidence: $(READY)
	$(BIN)/python -m benchmarks.market
	$(BIN)/python -m benchmarks.evidence
	$(BIN)/python -m benchmarks.nights
	$(BIN)/python -m benchmarks.real_data

# One set of pins for every supported Python ("fewest"), so that all of them run what the tests ran.
lock: $(READY)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
		--custom-compile-command "make lock" $(LOCK_FLAGS) --extra dev --output-file requirements.lock pyproject.toml

# Odoo 11 has an environment of its own, for it runs on the Python of its day: from the PATH or pyenv's.
odoo: $(ODOO)/.ready
$(ODOO)/.ready: tests/crm/odoo.txt
	@for candidate in $(ODOO_PYTHON) python3.7 "$$(pyenv root 2>/dev/null)"/versions/3.7.*/bin/python; do \
		"$$candidate" -c 'import venv, ensurepip' 2>/dev/null || continue; \
		rm -rf $(ODOO) && "$$candidate" -m venv $(ODOO); \
		exit; \
	done; \
	echo "Odoo 11 needs Python 3.7 with its venv module: found none. Say which: make odoo ODOO_PYTHON=..." >&2; exit 1
	$(ODOO)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
		-r tests/crm/odoo.txt
	@touch $@

clean:
	rm -rf $(VENV) $(ODOO) .bench build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A candidate must run, not only exist: a pyenv shim or a Debian python3 without venv is passed over.
$(READY): requirements.lock pyproject.toml
	@for candidate in $(PYTHON) python3.13 python3.12 python3.11 python3 python; do \
		"$$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		test -x $(BIN)/python || "$$candidate" -m venv $(VENV); \
		exit; \
	done; \
	echo "closedwon needs Python 3.11 or later with its venv module: found none. Say which: make PYTHON=..." >&2; exit 1
	@echo "Installing requirements.lock into $(VENV): about 1.6 GB, two or three minutes the first time"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@
