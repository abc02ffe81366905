# make demo   install, train on the sample corpus, predict
# make quick  install what tests need, then ruff, mypy, the reference pages, the tests that train nothing
# make test   the same with all tests
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# One process more than processors, since tests wait for children (290 s instead of 318 on two
# cores); more than 8 would take the memory of a small server.
PROCESSES := $(shell $(PYTHON) -c "import os; print(min(8, 1 + len(os.sched_getaffinity(0))))")
TESTS := $(BIN)/pytest --numprocesses $(PROCESSES) --dist worksteal
SENTENCE := 재미있을 줄 알았는데 완전 실망했다. 너무 졸리고 돈이 아까웠다

.PHONY: demo lint quick test

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/installed-for-tests: $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test]'
	touch $@

demo: $(VENV)/installed
	$(BIN)/kosent train --corpus sample
	$(BIN)/kosent predict "$(SENTENCE)"

lint: $(VENV)/installed-for-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python docs/reference.py --check

quick: lint
	$(TESTS) --quick

test: lint
	$(TESTS)
