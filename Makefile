# `make` alone lists the recipes.
SHELL := /bin/bash
PYTHON ?= python3
V := .venv/bin
EN_PLACE := .venv/en-place
export UV_NO_PROGRESS := 1
export UV_LINK_MODE := copy

.DEFAULT_GOAL := help
.PHONY: help env run test test-long check bench format requirements captures droits tiers clean

help: ## list the recipes
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 15

env: $(EN_PLACE) ## build .venv from the locked requirements (offline once done)

$(EN_PLACE): requirements/developpement.txt requirements/outils.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed (PYTHON=/path/to/python3 make env)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' \
		|| { echo "The module venv is missing (Debian: apt install python3-venv)"; exit 1; }
	test -x $(V)/python || $(PYTHON) -m venv .venv
	$(V)/python -m pip --disable-pip-version-check install --quiet --require-hashes -r requirements/outils.txt
	$(V)/uv pip sync --quiet --python $(V)/python --require-hashes requirements/developpement.txt
	$(V)/uv pip install --quiet --python $(V)/python --offline --no-deps --no-build-isolation --editable .
	@touch $@

run: env ## the whole product with demonstration data, on http://localhost:8000 (PORT= for another)
	$(V)/relais demonstration $(if $(PORT),--port $(PORT))

test: env ## every test but the long ones, by family, with the time of each
	@tests/familles

test-long: env ## the tests that take minutes
	@tests/familles long

check: env ## format, lint, types, layers, templates, licences
	$(V)/ruff format --check .
	$(V)/ruff check .
	$(V)/mypy relais config
	$(V)/lint-imports
	$(V)/djlint --lint --quiet relais
	$(V)/python docs/tiers.py --check
	@if grep -nE '://|--(index|find|extra)|^/|^-e|file:' requirements/*.txt; \
		then echo "a requirements file names a host or a path"; exit 1; fi

bench: env ## figures of speed at 10 000 and 1 000 000 fiches, of the screening, of storing
	$(V)/python -m tests.bench
	$(V)/python -m tests.bench.reperer
	$(V)/python -m tests.bench.enregistrer

format: env ## put the code in shape
	$(V)/ruff format .
	$(V)/ruff check --fix .

# `make requirements` keeps the present versions; add EN_PLUS=--upgrade to move them.
requirements: env ## compile requirements/*.in into hashed lock files
	@for nom in production developpement outils; do \
		$(V)/uv pip compile --quiet --generate-hashes --no-header --no-annotate \
			--no-emit-index-url --python-version 3.11 $(EN_PLUS) \
			requirements/$$nom.in --output-file requirements/$$nom.txt || exit 1; \
	done

captures: env ## take the pictures of the help again (the test of them says when)
	RELAIS_CAPTURES=1 $(V)/pytest -q tests/parcours/test_captures.py

droits: env ## write who opens what (the cells of docs/droits.md) as the product does
	RELAIS_DROITS=1 $(V)/pytest -q tests/fiches/test_droits.py

tiers: env ## write the list of third parties and their licences (docs/tiers.md)
	$(V)/python docs/tiers.py

clean: ## forget .venv, the caches and the demonstration's data
	rm -rf .venv var build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
