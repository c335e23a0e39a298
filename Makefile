# Every habit of the project. `make help` lists them.
PYTHON ?= python3.11
PYENV := $(patsubst %/bin/pyenv,%,$(shell command -v pyenv)) $(shell pyenv root 2> /dev/null)
PYTHON312 ?= $(firstword $(wildcard $(PYENV:%=%/versions/3.12*/bin/python3.12)) python3.12)
VENV := .venv
BIN := $(VENV)/bin
export TIDEGATE_HOME ?= $(CURDIR)/.tidegate
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help install demo demo-kafka kafka-million up down check test unit has-py312 py312 reference integration crash model neighbours soak mutants e2e reprocess hive4 bench lock clean

help: ## list the targets
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(VENV)/installed: requirements/bootstrap.txt requirements/dev.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --disable-pip-version-check -r requirements/bootstrap.txt
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements/dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

install: $(VENV)/installed ## make the virtual environment from the hashed lock

demo: install ## real flights through Airflow, Spark and Hive, one attempt killed, every row checked
	$(BIN)/tidegate demo

demo-kafka: install ## the same flights by transactions through a Kafka, which is killed too; every committed row checked; needs mvn once
	$(BIN)/tidegate demo --kafka

kafka-million: install ## demo-kafka with 1,010,328 records; some 10 minutes
	$(BIN)/tidegate demo --kafka --years 3

up: install ## start all services and Airflow, and leave them running
	mkdir -p $(TIDEGATE_HOME)/flights
	$(BIN)/tidegate services up --airflow

down: install ## stop everything that `demo` or `up` started
	$(BIN)/tidegate services down

check: install ## style, types, layers; seconds once mypy has its cache
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/unit/test_tidy.py

test: check ## check, then every test; those without services run beside the others
	$(BIN)/pytest tests -n 2 --durations 40

unit: install ## tests without a JVM
	$(BIN)/pytest tests/unit -n 2

has-py312:
	@$(PYTHON312) -c "" 2> /dev/null || { echo "make py312 needs Python 3.12: $(PYTHON312) does not run" >&2; exit 1; }

py312: has-py312 ## check and unit on Python 3.12, in an environment of its own; PYTHON312=… names an interpreter
	$(MAKE) PYTHON=$(PYTHON312) VENV=.venv-3.12 check unit

reference: install ## the pages of every public name, from its docstring, in build/reference
	$(BIN)/python docs/reference.py build/reference

integration: install ## tests on real services
	$(BIN)/pytest tests/contract tests/integration

crash: install ## real processes, killed and frozen at named points; services killed
	$(BIN)/pytest tests/crash

neighbours: install ## four unlike pipelines side by side for 20 epochs each, with kills: from the command line, then from Airflow
	TIDEGATE_NEIGHBOURS_EPOCHS=20 $(BIN)/pytest tests/crash/test_neighbours.py tests/e2e/test_neighbours.py

soak: install ## several pipelines side by side, 1,000 epochs, 300 kills and freezes from one seed, readers watching; the better part of an hour
	$(BIN)/python tests/crash/soak.py --report docs/reports/soak.md

model: install ## every interleaving of the protocol's steps, crashes and lost answers, as far as memory allows
	$(BIN)/python tests/model/search.py

mutants: install ## break the protocol on purpose, one way at a time: the tests must see each
	$(BIN)/python tests/mutants/run.py

e2e: install ## a real Airflow: runs, kills, clears, backfills, by REST, command and click; needs chromium
	$(BIN)/pytest tests/e2e

reprocess: install ## live goes on while a backfill of 50 days reprocesses and is promoted; twice, the second time with kills
	$(BIN)/python tests/e2e/reprocess_while_live.py
	$(BIN)/python tests/e2e/reprocess_while_live.py --kills

HIVE4 := $(abspath $(TIDEGATE_HOME))/hive4

$(HIVE4)/fetched: tests/elsewhere/pom.xml
	@command -v mvn > /dev/null || { echo "make hive4 needs Maven: there is no mvn on the path" >&2; exit 1; }
	rm -rf $(HIVE4)/jars
	mvn --quiet --batch-mode --file $< dependency:copy-dependencies -DoutputDirectory=$(HIVE4)/jars
	touch $@

hive4: install $(HIVE4)/fetched ## the tests of tables and kills on a real Hive 4; needs mvn, which fetches 260 MB once
	rm -rf $(HIVE4)/home
	$(BIN)/python tests/elsewhere/hive4.py $(HIVE4)/jars $(HIVE4)/home \
		$(BIN)/pytest tests/elsewhere tests/integration/test_hive_tables.py tests/integration/test_hive_sink.py \
		tests/integration/test_hive_answers.py tests/integration/test_clones.py tests/integration/test_table_changes.py \
		tests/crash/test_kill.py

bench: install ## sets S, C, J and E, with the time of each step
	$(BIN)/python bench/epoch.py

lock: install ## resolve the dependencies anew into the hashed lock, for Python 3.11 and 3.12
	$(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header requirements/bootstrap.in -o requirements/bootstrap.txt
	$(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header pyproject.toml --all-extras --group dev -o requirements/dev.txt

clean: down ## stop everything and remove data, environments and generated pages
	rm -rf $(TIDEGATE_HOME) $(VENV) $(VENV)-3.12 build
