# The commands of the platform. Each begins with the set-up, which is quick when nothing changed.
.PHONY: help run test check readme dashboard doctor setup lock
export LANDING NIGHT
FAST := not spark and not browser and not airflow and not slow
# Compiled modules are kept, whatever the machine says: a third of the tests' start is compiling.
export PYTHONDONTWRITEBYTECODE :=

help:  ## these lines
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

run:  ## one night, from the landing folder to the summary: make run [LANDING=folder] [NIGHT=2024-04-30]
	@docker/setup.sh run
	@docker/night.sh

test:  ## every check and every test, a file to a worker
	@docker/setup.sh test
	@.venv/bin/mypy & types=$$!; \
	.venv/bin/python -m pytest -n auto --maxprocesses 4 --dist loadfile; tests=$$?; \
	wait $$types && exit $$tests

check:  ## types, style, import rules, contracts and the fast tests: no Spark, browser, Airflow or simulation
	@docker/setup.sh test
	@.venv/bin/ruff check -q . && .venv/bin/ruff format -q --check .
	@.venv/bin/mypy
	@.venv/bin/python -m pytest -n auto -m '$(FAST)'

readme:  ## the tables of detectors in README.md, from schemas/detectors
	@.venv/bin/python -m tests.docs.detector_table

dashboard:  ## the pages, at http://127.0.0.1:8050
	@docker/setup.sh run
	@.venv/bin/gunicorn --bind 127.0.0.1:$${CUSTOMS_PORT:-8050} --threads 4 'dashboards.app:server()'

doctor:  ## what this machine lacks, and the command that brings it
	@[ -x .venv/bin/python ] || docker/setup.sh run
	@.venv/bin/python -m jobs doctor

setup:  ## what `run` and `test` need
	@docker/setup.sh test

lock:  ## pins for what requirements.txt newly asks for; versions that are pinned stay
	@mkdir -p .local && sed -n '/^#/p' docker/constraints.txt >.local/constraints.txt
	@.venv/bin/uv pip compile -q requirements.txt --python-version 3.11 --no-header --no-annotate >>.local/constraints.txt
	@mv .local/constraints.txt docker/constraints.txt
