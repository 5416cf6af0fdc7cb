# Needs only Python 3.11 or newer and make. Each target makes the virtual environment that it needs.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:

PYTHON   ?= $(shell command -v python3.11 || command -v python3)
PLATFORM ?= arm64
STAGE    ?= dev
# The template's PythonRuntime: PYTHON must be the same one to write bytecode that it reads.
RUNTIME  ?= 3.11
PY       := .venv/bin/python
export SAM_CLI_TELEMETRY := 0
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help: ## what there is
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

demo: .venv/installed .venv-engine/installed ## one customer across channels, on a local AWS engine
	.venv/bin/hub demo

dev: .venv/installed .venv-engine/installed ## the same, left running to be played with
	.venv/bin/hub dev

test: .venv/installed .venv-engine/installed .venv-ric/installed ## all tests
	$(PY) -m pytest -m "engine or ric"
	$(PY) -m pytest -m "not engine and not ric" --numprocesses auto

coverage: .venv/installed .venv-engine/installed .venv-ric/installed ## the same with branch coverage, which takes twice as long
	$(PY) -m pytest -m "engine or ric" --cov --cov-report= --cov-fail-under=0
	$(PY) -m pytest -m "not engine and not ric" --numprocesses auto --dist loadfile --cov --cov-append --cov-report=term

check: .venv/installed .venv-sam/installed ## format, lint, types, imports, template, the files people edit
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	.venv/bin/cfn-lint template.yaml
	.venv-sam/bin/sam validate --lint --region us-east-1
	.venv/bin/hub check
	.venv/bin/hub connectors --check

artifact: .venv/installed ## build/artifact, the code of all functions for PLATFORM (arm64 or x86_64)
	$(PY) -m hub.artifact --out build/artifact --platform $(PLATFORM) --python $(RUNTIME)

build: artifact .venv-sam/installed ## what sam deploy takes
	.venv-sam/bin/sam build --parameter-overrides Architecture=$(PLATFORM) PythonRuntime=python$(RUNTIME)

deploy: build ## to AWS, with your credentials: STAGE=dev, staging or prod
	.venv-sam/bin/sam deploy --config-env $(STAGE)

vendor-check: .venv/installed ## the shipped connectors against the vendors' own vectors, where ../shared has them
	$(PY) -m pytest tests/vendor_check --no-cov

soak: .venv/installed ## many random schedules of unify, lives of a fleet of vendors, pairs of crashes, seeded bugs, records against the laws of mappings, expressions, hostile input
	$(PY) -m pytest tests/hub/pipeline/test_storm.py tests/identity --no-cov --numprocesses auto --schedules 100000 --crashes 2
	$(PY) -m tests.identity.mutants
	$(PY) -m pytest tests/hub/pipeline/test_fleet.py tests/hub/pipeline/test_fleet_crashes.py tests/hub/pipeline/test_replay_crashes.py tests/hub/pipeline/test_fleet_sockets.py tests/hub/pipeline/test_crashes_aws.py --no-cov --numprocesses auto --seeds 20000 --crashes 2
	$(PY) -m tests.fleet.mutants
	$(PY) -m pytest tests/hub/test_compiler.py tests/hub/test_transcoding.py tests/hub/samples --no-cov --examples 20000
	$(PY) -m pytest tests/laws --no-cov --examples 10000
	$(PY) -m pytest tests/proof --no-cov --numprocesses auto --examples 1
	$(PY) -m pytest tests/hostile --no-cov --examples 2000 --executions 1000000 -s
	$(PY) -m pytest tests/hub/pipeline/erase --no-cov --numprocesses auto --crashes 2
	$(PY) -m pytest tests/hub/pipeline/test_traits.py --no-cov --examples 2000
	$(PY) -m pytest tests/hub/pipeline/poll --no-cov --numprocesses auto --examples 300
	$(PY) -m pytest tests/hub/pipeline/test_reconcile.py --no-cov --examples 10000 -s

bench: .venv/installed .venv-engine/installed .venv-ric/installed ## speed and size
	$(PY) -m bench

bench-unify: .venv/installed .venv-engine/installed ## unify: units, speed, and that a million customers change neither
	$(PY) -m bench unify units storm speed growth

bench-deliver: .venv/installed ## deliver: calls of AWS, CPU, how a batch overlaps, what a backlog makes of a limit
	$(PY) -m bench deliver

bench-mapping: .venv/installed .venv-bench/installed .venv-bench/node_modules ## mappings against their peers
	.venv-bench/bin/python -m bench.peers

lock: .venv/installed ## requirements/*.txt from pyproject.toml
	$(LOCK) pyproject.toml --output-file requirements/runtime.txt
	$(LOCK) pyproject.toml --extra cli --group dev --output-file requirements/dev.txt
	$(LOCK) pyproject.toml --group bench --output-file requirements/bench.txt
	$(foreach group,installer engine ric sam,$(LOCK) --group $(group) --output-file requirements/$(group).txt;)

clean: ## remove what was built and installed
	rm -rf build .aws-sam .venv .venv-engine .venv-bench .venv-ric .venv-sam

LOCK = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock"
PIP  = --quiet --no-deps --require-hashes --requirement
# uv does not read pip's settings (a mirror, a proxy): where it cannot install, pip does.
FILL = .venv/bin/uv pip install --system-certs --python $(@D)/bin/python $(PIP) $< || $(@D)/bin/python -m pip install $(PIP) $<

# `installed` is newer than the lock file: running a target again costs nothing.
.venv/installed: requirements/dev.txt requirements/installer.txt pyproject.toml
	$(PYTHON) -m venv --clear $(@D)
	$(PY) -m pip install $(PIP) requirements/installer.txt
	$(FILL)
	$(PY) -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv-%/installed: requirements/%.txt | .venv/installed
	$(PYTHON) -m venv --clear $(@D)
	$(FILL)
	@touch $@

# JSONata's own engine runs on Node: without npm the bench leaves it out, and says so.
.venv-bench/node_modules: bench/peers/engines/package-lock.json .venv-bench/installed
	@mkdir -p $@
	! command -v npm >/dev/null || (cp $(<D)/package*.json $(@D) && npm ci --silent --prefix $(@D)) \
		|| echo "npm could not install jsonata: the bench leaves it out"
	@touch $@

.PHONY: help demo dev test coverage check artifact build deploy vendor-check bench bench-unify bench-deliver bench-mapping soak lock clean
.PRECIOUS: .venv-%/installed
