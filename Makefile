# make serve   set up and serve on http://127.0.0.1:8000
# make test    set up and run all tests (REQUIRE_ALL=1: a skip is a failure; THOROUGH=1: laws tried more often)
# make coverage  the same, with what part of the lines runs, and a floor under it
# make check   lint (Python, JavaScript), types, docstrings;  make docs, make bench, make format, make lock
# make audit   known faults of what is locked;  make licences, make sbom (CycloneDX, into build/)
# make soak    kills, leaks, hostile requests and load for SOAK_SECONDS (480; 540 at most)
# make golden  renew what the service says to bad requests (tests/http/golden)

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
BIN := .venv/bin
TEST_JOBS ?= 2
TESTS = -n $(TEST_JOBS) --dist loadgroup $(if $(THOROUGH),--hypothesis-profile=thorough) $(ARGS)
SOAK_SECONDS ?= 480
# Copyleft of the whole work; the lesser one (LGPL, MPL) is fine for a library that is imported.
REFUSED_LICENCES := GPL-2.0;GPL-2.0-only;GPL-2.0-or-later;GPL-3.0;GPL-3.0-only;GPL-3.0-or-later;GNU General Public License (GPL);GNU General Public License v2 (GPLv2);GNU General Public License v3 (GPLv3);AGPL-3.0-only;AGPL-3.0-or-later;GNU Affero General Public License v3;SSPL-1.0;UNKNOWN

.DEFAULT_GOAL := help
.PHONY: help serve test coverage check bench format lock clean gallery docs audit licences sbom golden soak

help:
	@sed -n '1,6s/^# //p' Makefile

$(BIN)/uv: requirements-build.lock
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-build.lock

.venv/.runtime: $(BIN)/uv requirements.lock pyproject.toml
	$(BIN)/uv pip install --quiet --require-hashes --python $(BIN)/python -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
# Compiled here, once: a start that has to compile what it loads takes twice the time, and not every
# user may write beside the libraries, or wants Python to (PYTHONDONTWRITEBYTECODE).
	$(BIN)/python -m compileall -q -j 0 .venv/lib geodata service
	@touch $@

.venv/.dev: .venv/.runtime requirements-dev.lock
	$(BIN)/uv pip install --quiet --require-hashes --python $(BIN)/python -r requirements-dev.lock
	@touch $@

.assets/.done: .venv/.runtime package.json package-lock.json
	$(BIN)/python -m service.assets
	@touch $@

serve: .venv/.runtime .assets/.done
	$(BIN)/hazardmap serve --host $(HOST) --port $(PORT)

# The tests start the program more than a hundred times: what has been compiled is kept, whatever
# the environment says.
test coverage: export PYTHONDONTWRITEBYTECODE =
test: .venv/.dev .assets/.done
	REQUIRE_ALL=$(REQUIRE_ALL) $(BIN)/python -m pytest $(TESTS)

# Half as long again as `make test`, hence apart.
coverage: .venv/.dev .assets/.done
	mkdir -p build
	$(BIN)/python -m coverage erase
	REQUIRE_ALL=$(REQUIRE_ALL) $(BIN)/python -m coverage run -m pytest $(TESTS)
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report

check: .venv/.dev .assets/.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python tests/docstrings.py
	.assets/node_modules/.bin/biome lint --error-on-warnings service
	.assets/node_modules/.bin/tsc

format: .venv/.dev
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

bench: .venv/.dev .assets/.done
	for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

soak: .venv/.dev .assets/.done
	$(BIN)/python -m tests.soak $(SOAK_SECONDS)

golden: .venv/.dev
	$(BIN)/python -m tests.http.bad_requests

# The documentation as a site, from docs and docstrings, without a network: build/site/index.html
docs: .venv/.dev
	$(BIN)/python -m sphinx -b html -q docs build/site

gallery: .venv/.dev .assets/.done
	$(BIN)/python docs/gallery.py

.supply/.done: $(BIN)/uv requirements-supply.lock
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .supply
	$(BIN)/uv pip install --quiet --require-hashes --python .supply/bin/python -r requirements-supply.lock
	@touch $@

# Known faults of what is locked; asks the advisory service of the package index, so it needs a network.
audit: .supply/.done
	.supply/bin/pip-audit --strict --require-hashes --disable-pip -r requirements.lock
	.supply/bin/pip-audit --strict --require-hashes --disable-pip -r requirements-dev.lock

# Licences of what runs; refuses one that may not be combined with ours or is not known.
licences: .venv/.runtime .supply/.done
	.supply/bin/pip-licenses --python $(BIN)/python --order license \
	  --packages $$(sed -n 's/==.*//p' requirements.lock) \
	  --from mixed --fail-on "$(REFUSED_LICENCES)"

# CycloneDX: what runs, with the hashes of the lock, and what browsers get.
sbom: .supply/.done
	mkdir -p build
	.supply/bin/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible --of JSON -o build/sbom-python.json requirements.lock
	npm sbom --sbom-format cyclonedx --package-lock-only --omit dev > build/sbom-browser.json

lock: $(BIN)/uv
	$(BIN)/uv pip compile --quiet --generate-hashes --group build --python-version 3.11 --no-header --no-annotate -o requirements-build.lock
	$(BIN)/uv pip compile --quiet --generate-hashes --group supply --python-version 3.11 --no-header --no-annotate -o requirements-supply.lock
	$(BIN)/uv pip compile --quiet --generate-hashes pyproject.toml --python-version 3.11 --no-header --no-annotate -o requirements.lock
	$(BIN)/uv pip compile --quiet --generate-hashes pyproject.toml --group dev -c requirements.lock --python-version 3.11 --no-header --no-annotate -o requirements-dev.lock

clean:
	rm -rf .venv .supply .assets build dist *.egg-info
