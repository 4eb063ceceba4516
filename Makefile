# make help   lists what can be made. Each target does all its set-up itself.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
SALT_3008 := 3008.3
SALT_3006 := 3006.28
PLATFORM ?= ganeti

include lab/lab.mk

.PHONY: help static unit functional integration lab-tests test check bench wheel docs clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.venv: requirements/tests.txt
	@echo "== virtualenv .venv: Salt $(SALT_3008) and the test tools"
	@$(PYTHON) -m venv .venv
	@.venv/bin/pip install -q salt==$(SALT_3008) -r requirements/tests.txt
	@touch .venv

.venv-3006: requirements/tests.txt
	@echo "== virtualenv .venv-3006: Salt $(SALT_3006) and the test tools"
	@$(PYTHON) -m venv .venv-3006
	@.venv-3006/bin/pip install -q salt==$(SALT_3006) -r requirements/tests.txt
	@touch .venv-3006

.venv-static: requirements/static.txt
	@echo "== virtualenv .venv-static: linters and the type checker"
	@$(PYTHON) -m venv .venv-static
	@.venv-static/bin/pip install -q -r requirements/static.txt
	@touch .venv-static

static: .venv-static ## lint and type-check everything
	.venv-static/bin/ruff check .
	.venv-static/bin/ruff format --check .
	.venv-static/bin/mypy
	.venv-static/bin/salt-lint $$(git ls-files 'salt/*.sls')
	.venv-static/bin/yamllint --strict .

unit: .venv ## tests that touch no host
	.venv/bin/pytest tests/unit

functional: .venv .venv-3006 ## tests with Salt's real loader, on both Salt versions
	.venv/bin/pytest tests/functional
	.venv-3006/bin/pytest tests/functional

integration: .venv .venv-3006 ## tests with a real master and a real minion, on both Salt versions
	.venv/bin/pytest tests/integration
	.venv-3006/bin/pytest tests/integration

lab-tests: .venv lab-host ## tests on real nodes (root)
	.venv/bin/pytest tests/lab

test: lab-host static unit functional integration lab-tests ## all tests (root; lab tests included)

check: ## judge this machine, changing nothing: make check PLATFORM=ganeti
	@PYTHONPATH=_utils $(PYTHON) -B -m saltext.muster check --platform $(PLATFORM)

bench: .venv lab-host ## measure what the project promises (root; minutes)
	.venv/bin/python bench/grains.py
	.venv/bin/python bench/pillar.py
	.venv/bin/python bench/apply.py

wheel: .venv ## build the wheel into dist/
	.venv/bin/pip wheel -q --no-deps --wheel-dir dist .

clean: ## remove what was built, but not the lab's cached roots
	rm -rf .venv .venv-3006 .venv-static dist build *.egg-info _utils/*.egg-info
