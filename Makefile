# `make demo` shows the whole thing, `make test` checks it. Both need Python >= 3.11, make and, the first time, the
# package registry. Another Python: make PYTHON=/path/to/python3.12 test

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
READY := .venv/.ready

export PIP_DISABLE_PIP_VERSION_CHECK := 1
# What is imported is compiled then, once, whatever the environment says: tests start a hundred processes.
export PYTHONDONTWRITEBYTECODE =

.PHONY: help demo test types tests bench killmatrix lock clean

help:
	@echo 'make demo        start the mock, test every provider against it, write reports/'
	@echo 'make test        lint, types, import rules, tests'
	@echo 'make bench       how fast the mock is, beside others'
	@echo 'make killmatrix  every fault and every honest manner before the tester: hours'
	@echo 'make lock        write constraints.txt anew (needs the package registry)'

demo: $(READY)
	@$(BIN)/python -m contract_tests demo --out reports

test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	@$(MAKE) --no-print-directory -j 2 types tests

types: $(READY)
	$(BIN)/mypy

tests: $(READY)
	$(BIN)/python -m pytest -n 3 --dist loadgroup --no-loadscope-reorder

bench: $(READY)
	$(BIN)/python -m benchmarks.mock_speed

killmatrix: $(READY)
	-$(BIN)/python -m benchmarks.killmatrix --anew
	-$(BIN)/python -m benchmarks.killmatrix --profile quick --anew
	-$(BIN)/python -m benchmarks.mischief --anew
	-$(BIN)/python -m benchmarks.faultless --anew
	-$(BIN)/python -m benchmarks.honest --anew
	$(BIN)/python -m benchmarks.detection

# The project is installed without its dependencies and without a build environment of its own: everything it needs,
# setuptools too, has come from the constraints file, every file checked against its digest.
$(READY): constraints.txt pyproject.toml
	@test -n '$(PYTHON)' || { echo 'no Python >= 3.11 was found; name one: make PYTHON=/path/to/python'; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo '$(PYTHON) is not Python >= 3.11; name another: make PYTHON=/path/to/python'; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --no-compile --require-hashes -r constraints.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

lock: $(READY)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --upgrade \
		--no-annotate --no-header --no-emit-index-url --no-emit-find-links --quiet --output-file constraints.txt

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build *.egg-info
