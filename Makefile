# make help   lists what can be made. Each target does all its set-up itself.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
# The lab's nodes and the tests run the same two versions of Salt.
SALT_3008 := $(shell sed -n 's/^SALT_NEW = "\(.*\)"/\1/p' lab/recipes.py)
SALT_3006 := $(shell sed -n 's/^SALT_OLD = "\(.*\)"/\1/p' lab/recipes.py)
PLATFORM ?= ganeti

include lab/lab.mk

.PHONY: help python-host venvs static unit functional integration lab-tests acceptance test check bench wheel docs clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# Debian keeps venv and headers in packages of their own; some of what Salt needs is compiled.
python-host:
	@$(PYTHON) -c 'import ensurepip, os, sysconfig; \
		os.stat(sysconfig.get_path("include") + "/Python.h")' 2>/dev/null && command -v cc >/dev/null \
	|| { echo "== installing python3-venv, python3-dev and gcc"; \
		apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y \
		--no-install-recommends python3-venv python3-dev gcc libc6-dev >/dev/null; }

.venv/ready: requirements/tests.txt | python-host
	@echo "== virtualenv .venv: Salt $(SALT_3008) and the test tools"
	@$(PYTHON) -m venv .venv
	@.venv/bin/pip install -q salt==$(SALT_3008) -r requirements/tests.txt
	@touch $@

.venv-3006/ready: requirements/tests.txt | python-host
	@echo "== virtualenv .venv-3006: Salt $(SALT_3006) and the test tools"
	@$(PYTHON) -m venv .venv-3006
	@.venv-3006/bin/pip install -q salt==$(SALT_3006) -r requirements/tests.txt
	@touch $@

.venv-static/ready: requirements/static.txt | python-host
	@echo "== virtualenv .venv-static: linters and the type checker"
	@$(PYTHON) -m venv .venv-static
	@.venv-static/bin/pip install -q -r requirements/static.txt
	@touch $@

static: .venv-static/ready ## lint and type-check everything
	.venv-static/bin/ruff check .
	.venv-static/bin/ruff format --check .
	.venv-static/bin/mypy
	.venv-static/bin/salt-lint $$(git ls-files 'salt/*.sls')
	.venv-static/bin/yamllint --strict .

venvs: # on a new machine all at once: they take longer than the tests
	@$(MAKE) --no-print-directory -j3 .venv/ready .venv-3006/ready .venv-static/ready

unit: .venv/ready ## tests that touch no host
	.venv/bin/pytest -n auto tests/unit

functional: .venv/ready .venv-3006/ready ## tests with Salt's real loader, on both Salt versions
	.venv/bin/pytest -n auto tests/functional
	.venv-3006/bin/pytest -n auto tests/functional

integration: .venv/ready .venv-3006/ready ## tests with a real master and a real minion, on both Salt versions
	.venv/bin/pytest tests/integration
	.venv-3006/bin/pytest tests/integration

lab-tests: .venv/ready lab-host ## tests on real nodes (root)
	.venv/bin/pytest tests/lab

# In a lab of its own nodes, after the other one has ended.
acceptance: .venv/ready ## tests by the platforms' own software on real nodes (root)
	MUSTER_LAB_NODES=acceptance .venv/bin/pytest tests/acceptance

test: lab-host venvs static unit functional integration lab-tests acceptance ## all tests (root; lab tests included)

check: ## judge this machine, changing nothing: make check PLATFORM=ganeti
	@PYTHONPATH=_utils $(PYTHON) -B -m saltext.muster check --platform $(PLATFORM)

bench: .venv/ready lab-host ## measure what the project promises (root; minutes)
	.venv/bin/python bench/grains.py
	.venv/bin/python bench/pillar.py
	.venv/bin/python bench/planning.py
	.venv/bin/python bench/judge.py
	.venv/bin/python bench/apply.py
	.venv/bin/python bench/network.py

wheel: .venv/ready ## build the wheel into dist/
	.venv/bin/pip wheel -q --no-deps --wheel-dir dist .

docs: .venv/ready ## write the pages that come from the code
	.venv/bin/python docs/generate.py

clean: ## remove what was built, but not the lab's cached roots
	rm -rf .venv .venv-3006 .venv-static dist build *.egg-info _utils/*.egg-info
