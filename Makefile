# make demo      run the example experiment with Lean: prove, train on the proofs, prove again
# make test      run all tests
# make coverage  run all tests and measure coverage (much slower)
# make check     lint, formatting and types
# make bench     run the benchmarks
# make wheels    build the packages into dist/, as they would be published
# make pythons   install the wheels in each Python from 3.11 found on this machine, and smoke-test them
# make lowest    run the core's tests with the lowest supported dependency versions
# make clean     remove what these targets made, except installed provers
#
# Each target first creates or updates .venv. Variables:
#   PYTHON        interpreter for .venv, 3.11 or later
#   APT_PACKAGES  Debian packages that the packages here need; installed when make runs as
#                 root on Debian, otherwise named: HOL Light
#   PYTEST_FLAGS  for example PYTEST_FLAGS='-k plugins'

PYTHON ?= $(shell for python in python3.11 python3 python3.12 python3.13 python3.14; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null \
	&& echo $$python && break; done)
APT_PACKAGES ?= hol-light libnum-ocaml-dev ocaml-compiler-libs
PYTEST_FLAGS ?=

BIN := .venv/bin
STAMP := .venv/.up-to-date
PACKAGES := bait-core bait-lean bait-holist bait-models
DEMO := lean-reprover

.PHONY: help demo test coverage check bench wheels pythons lowest clean

help:
	@sed -n 's/^# make/make/p' Makefile

demo: $(STAMP)
	$(BIN)/bait lean install
	$(BIN)/bait run examples/experiments/$(DEMO).yaml

test: $(STAMP)
	@$(BIN)/bait lean install || echo "Tests with the real Lean will be skipped." >&2
	$(BIN)/pytest -n 2 $(PYTEST_FLAGS)

coverage: override PYTEST_FLAGS += --cov --cov-report=term
coverage: test

check: $(STAMP)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

bench: $(STAMP)
	@set -e; for benchmark in benchmarks/*.py; do \
		echo "== $$benchmark"; $(BIN)/python $$benchmark; done

wheels: $(STAMP)
	rm -rf dist
	@set -e; for package in $(PACKAGES); do \
		$(BIN)/python -m build --no-isolation --outdir dist $$package; done
	$(BIN)/twine check --strict dist/*

# Choose packages with PACKAGES='bait-core bait-lean', where PyTorch would be too much.
pythons: wheels
	$(BIN)/nox --session smoke -- $(PACKAGES)

lowest: $(STAMP)
	PATH=$(CURDIR)/$(BIN):$$PATH $(BIN)/nox --session lowest

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage .coverage.* htmlcov .nox dist
	rm -rf runs/$(DEMO) $(PACKAGES:%=%/dist) $(PACKAGES:%=%/build)
	find $(PACKAGES) tests benchmarks -name __pycache__ -prune -exec rm -rf {} +

$(STAMP): requirements-dev.txt $(PACKAGES:%=%/pyproject.toml)
	@test -n "$(PYTHON)" || { echo "BAIT needs Python 3.11 or later: make PYTHON=..." >&2; exit 1; }
	@$(call apt,$(APT_PACKAGES)) || true
	@test -x $(BIN)/python || $(PYTHON) -c 'import ensurepip' 2> /dev/null \
		|| { $(call apt,python3-venv); }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --requirement requirements-dev.txt \
		$(PACKAGES:%=--editable %)
	@touch $@

# Install Debian packages as root; other users get a message with the package names.
define apt
test -z "$(strip $(1))" || dpkg --status $(1) > /dev/null 2>&1 || \
if test "$$(id -u)" = 0 && command -v apt-get > /dev/null; then \
	apt-get update -qq && apt-get install -y -qq $(1); \
else \
	echo "Missing: $(1). On Debian: sudo apt-get install $(1)" >&2; false; \
fi
endef
