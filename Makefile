# The commands of the project. A fresh machine needs Python 3.11+ and make; everything else comes from the locked wheels.
#
#   make demo [ONCE=1]   the product on sample data, from nothing; ONCE=1 shows the main job and stops again
#   make up | stop       the product without sample data, in the background
#   make test            every test but the long ones, on real services
#   make test-long       all of them, with more examples and seeds
#   make check           format, lint, types, import contracts
#   make bench           the figures of docs
#   make clean           remove the environment and caches; the data in .micropools stays
#   make lock            resolve the dependencies anew
#   make messages        collect the sentences of the pages for translators
#   make screenshots     every page as a picture, in docs/screenshots

VENV := .venv
BIN := $(VENV)/bin
PACKAGES := $(patsubst %/__init__.py,%,$(wildcard */__init__.py))

.DEFAULT_GOAL := help
.PHONY: help demo up stop test test-long check bench clean lock messages screenshots

help:
	@sed -n '3,13s/^# //p' Makefile

# A stamp is as new as what was installed by it, so a second run neither works nor needs the network.
$(VENV)/runtime.stamp: requirements.lock pyproject.toml .ci/environment
	@.ci/environment $(VENV) requirements.lock
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock pyproject.toml .ci/environment
	@.ci/environment $(VENV) requirements-dev.lock
	@touch $@ $(VENV)/runtime.stamp

demo: $(VENV)/runtime.stamp
	@$(BIN)/micropools demo $(if $(ONCE),--once)

up: $(VENV)/runtime.stamp
	@$(BIN)/micropools up --detach

stop:
	@if [ -x $(BIN)/micropools ]; then $(BIN)/micropools stop; else echo "Nothing was installed, so nothing runs."; fi

test: $(VENV)/dev.stamp
	@$(BIN)/python -m pytest -m "not long" --numprocesses auto --no-loadscope-reorder $(ARGS)

# The profile is defined in tests/conftest.py; the long suite may take hours.
test-long: $(VENV)/dev.stamp
	@HYPOTHESIS_PROFILE=long $(BIN)/python -m pytest $(ARGS)

check: $(VENV)/dev.stamp
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy $(PACKAGES)
	@$(BIN)/lint-imports

bench: $(VENV)/runtime.stamp
	@$(BIN)/micropools bench match $(ARGS)

clean: stop
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@if [ -d .micropools ]; then echo "The data stays in .micropools; remove it with: rm -r .micropools"; fi

messages: $(VENV)/dev.stamp
	@$(BIN)/python -m web.messages

screenshots: $(VENV)/dev.stamp
	@$(BIN)/python -m pytest tests/browser/screenshots.py $(ARGS)

# The dev lock is resolved first and holds the other two to the same versions. No index or machine is named in them.
LOCK = $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" pyproject.toml
lock: $(VENV)/dev.stamp
	$(LOCK) --group build --group tools --extra embedded --group dev --output-file requirements-dev.lock
	$(LOCK) --group build --group tools --extra embedded --constraint requirements-dev.lock --output-file requirements.lock
	$(LOCK) --group build --constraint requirements-dev.lock --output-file requirements-server.lock
