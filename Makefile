# make serve   set up and serve on http://127.0.0.1:8000
# make test    set up and run all tests (REQUIRE_ALL=1: a skip is a failure)
# make check   lint, types, docstrings;  make bench, make format, make lock
# make golden  renew what the service says to bad requests (tests/http/golden)

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
BIN := .venv/bin
UV_VERSION := 0.13.9
TEST_JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: help serve test check bench format lock clean gallery golden

help:
	@sed -n '1,4s/^# //p' Makefile

$(BIN)/uv:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/.runtime: $(BIN)/uv requirements.lock pyproject.toml
	$(BIN)/uv pip install --quiet --require-hashes --python $(BIN)/python -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

.venv/.dev: .venv/.runtime requirements-dev.lock
	$(BIN)/uv pip install --quiet --require-hashes --python $(BIN)/python -r requirements-dev.lock
	@touch $@

.assets/.done: .venv/.runtime package.json package-lock.json
	$(BIN)/python -m service.assets
	@touch $@

serve: .venv/.runtime .assets/.done
	$(BIN)/hazardmap serve --host $(HOST) --port $(PORT)

test: .venv/.dev .assets/.done
	REQUIRE_ALL=$(REQUIRE_ALL) $(BIN)/python -m pytest -n $(TEST_JOBS) --dist loadgroup $(ARGS)

check: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python tests/docstrings.py

format: .venv/.dev
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

bench: .venv/.dev .assets/.done
	for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

golden: .venv/.dev
	$(BIN)/python -m tests.http.bad_requests

gallery: .venv/.dev .assets/.done
	$(BIN)/python docs/gallery.py

lock: $(BIN)/uv
	$(BIN)/uv pip compile --quiet --generate-hashes pyproject.toml --python-version 3.11 --no-header --no-annotate -o requirements.lock
	$(BIN)/uv pip compile --quiet --generate-hashes pyproject.toml --group dev -c requirements.lock --python-version 3.11 --no-header --no-annotate -o requirements-dev.lock

clean:
	rm -rf .venv .assets build dist *.egg-info
