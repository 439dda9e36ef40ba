# Each target makes ready what it needs first; see .ci/setup.
PYTHON = .venv/bin/python
ARGS ?=

.PHONY: run test check bench format lock demo screenshots

run:
	@.ci/setup run
	@.venv/bin/eventscope $(ARGS)

demo:
	@.ci/setup run
	@.venv/bin/eventscope demo $(ARGS)

test:
	@.ci/setup test
	@$(PYTHON) -m pytest -n auto --maxprocesses 4 --dist loadfile $(ARGS)

check:
	@.ci/setup run
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

bench:
	@.ci/setup test
	@$(PYTHON) -m tests.bench $(ARGS)

format:
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

# Needs uv. The lock names no index and no address, only versions and hashes.
lock:
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.12 \
	  --generate-hashes --no-emit-index-url --no-header -q -o .ci/requirements.lock

# Pictures of every page, to be looked at.
screenshots:
	@.ci/setup run
	@$(PYTHON) -m tests.screenshots $(or $(ARGS),build/screenshots)
