# make demo   install, train on the sample corpus, predict
# make quick  install what tests need, then ruff, mypy, the reference pages, the tests that train nothing
# make test   the same with all tests
# make lock   write requirements/*.lock anew (needs uv); UPGRADE=--upgrade takes the newest versions
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# One process more than processors, since tests wait for children (290 s instead of 318 on two
# cores); more than 8 would take the memory of a small server.
PROCESSES := $(shell $(PYTHON) -c "import os; print(min(8, 1 + len(os.sched_getaffinity(0))))")
TESTS := $(BIN)/pytest --numprocesses $(PROCESSES) --dist worksteal
SENTENCE := 재미있을 줄 알았는데 완전 실망했다. 너무 졸리고 돈이 아까웠다

# Python and system of requirements/*.lock: what was tested is installed, by its hashes. Elsewhere
# pip chooses.
LOCKED := $(shell $(PYTHON) -c "import sys; print('yes' * ((3, 11) <= sys.version_info[:2] <= (3, 13) and sys.platform == 'linux'))")
# Python compiles what is imported; to compile all took half of the time.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
# Without bytecode each of the hundred processes that tests start compiles TensorFlow anew: 13 s of a
# processor instead of 5. Images of Python often forbid it to be kept.
export PYTHONDONTWRITEBYTECODE :=
UV ?= uv
UPGRADE ?=
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--custom-compile-command 'make lock' --override requirements/make-instead.txt $(UPGRADE)

.PHONY: demo lint lock quick test

# $(call install,LOCK,EXTRA)
define install
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(if $(LOCKED),$(PIP) --no-deps --require-hashes --requirement requirements/$(1).lock)
	$(PIP) $(if $(LOCKED),--no-deps --no-build-isolation) --editable '.$(2)'
endef

$(VENV)/installed: pyproject.toml requirements/train.lock
	$(call install,train)
	touch $@

$(VENV)/installed-for-tests: pyproject.toml requirements/test.lock
	$(call install,test,[test])
	touch $(VENV)/installed $@

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

lock:
	$(COMPILE) --extra test --output-file requirements/test.lock pyproject.toml requirements/make.in
	$(COMPILE) --constraint requirements/test.lock --output-file requirements/train.lock \
		pyproject.toml requirements/make.in
	$(COMPILE) --constraint requirements/test.lock --output-file requirements/serve.lock \
		requirements/serve.txt
