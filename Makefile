# From git, make and Python 3.11, 3.12 or 3.13 to a running closedwon: `make demo`.

.PHONY: help demo test test-slow check docs bench bench-evidence lock odoo clean
VENV := .venv
ODOO := .odoo
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TEST_READY := $(VENV)/.test-ready
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

help:
	@echo "make demo    a simulated CRM, trained on, backtested, scored, published and reported"
	@echo "make test    the tests, in under ten minutes"
	@echo "make test-slow   the tests of whole runs, engines, browsers and CRMs, which take as long again"
	@echo "make check   format, lint, types and the import rule"
	@echo "make docs    the documentation with the API reference, as a site in site/"
	@echo "make bench   seconds and memory of every stage at 200,000 accounts (BENCH_FLAGS='--accounts 20000 --repeat 3')"
	@echo "make bench-evidence   what the scores are worth, an hour and a half (real data where CLOSEDWON_REAL_DATA names it)"
	@echo "make lock    both locks after a change of pyproject.toml (LOCK_FLAGS=--upgrade for newer releases)"
	@echo "make odoo    an Odoo for the tests that import into one (needs Python 3.7 and, to run, PostgreSQL)"
	@echo "make clean   remove what make and the tools made, never a store or scores"

# Python keeps the bytecode of what it reads here, whatever the environment says: see the installation below.
demo: $(READY)
	env -u PYTHONDONTWRITEBYTECODE $(BIN)/closedwon demo

test: $(TEST_READY)
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not slow"

test-slow: $(TEST_READY)
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m slow

check: $(TEST_READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_import_rule.py

# The variable silences the theme, which writes about its own future on every run. No --quiet: with it, --strict lets
# warnings pass.
docs: $(TEST_READY)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	@echo "site/index.html: open it in a browser"

bench: $(TEST_READY)
	$(BIN)/python -m benchmarks.speed $(BENCH_FLAGS)

bench-evidence: $(TEST_READY)
	$(BIN)/python -m benchmarks.market
	$(BIN)/python -m benchmarks.evidence
	$(BIN)/python -m benchmarks.planted_leaks
	$(BIN)/python -m benchmarks.amounts
	$(BIN)/python -m benchmarks.few_wins
	$(BIN)/python -m benchmarks.nights
	$(BIN)/python -m benchmarks.real_data

# One set of pins for every supported Python ("fewest"), so that all of them run what the tests ran. The second lock
# is bound by the first: both hold the same version of what both name.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--custom-compile-command "make lock"
lock: $(READY)
	$(INSTALL) uv
	$(COMPILE) $(LOCK_FLAGS) --output-file requirements.lock pyproject.toml
	$(COMPILE) $(LOCK_FLAGS) --output-file requirements-test.lock --constraint requirements.lock --group dev

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
	rm -rf $(VENV) $(ODOO) .bench build dist site .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A candidate must run, not only exist: a pyenv shim or a Debian python3 without venv is passed over.
# Bytecode is left to the first run (--no-compile): what a training and a night read is 70 of 250 MB.
$(READY): requirements.lock pyproject.toml
	@for candidate in $(PYTHON) python3.13 python3.12 python3.11 python3 python; do \
		"$$candidate" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null || continue; \
		test -x $(BIN)/python || "$$candidate" -m venv $(VENV); \
		exit; \
	done; \
	echo "closedwon needs Python 3.11, 3.12 or 3.13 with its venv module: found none. Say which: make PYTHON=..." >&2; exit 1
	@echo "Installing requirements.lock into $(VENV): about 0.8 GB once it has run, one or two minutes the first time"
	@$(INSTALL) --no-compile --require-hashes --requirement requirements.lock
	@$(INSTALL) --no-deps --editable .
	@touch $@

# Tests take warnings for errors, and compiling a library may warn: it is done before, but for the libraries' own tests.
$(TEST_READY): $(READY) requirements-test.lock
	@echo "Installing requirements-test.lock into $(VENV): about 1.7 GB in all, one or two minutes the first time"
	@$(INSTALL) --no-compile --require-hashes --requirement requirements-test.lock
	@$(BIN)/python -W ignore -m compileall -qq -j 0 -x '/tests?/' $(VENV)/lib || true
	@touch $@
