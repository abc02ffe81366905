# make demo   install, train on the sample corpus, predict
# make test   install what tests need, then ruff, mypy, pytest
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
SENTENCE := 재미있을 줄 알았는데 완전 실망했다. 너무 졸리고 돈이 아까웠다

.PHONY: demo test

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

test: $(VENV)/installed-for-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest
