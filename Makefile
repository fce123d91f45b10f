# make run    a call on this machine (the demo call where there is no microphone)
# make test   every test
# Both set up what they need, once: system libraries, uv, the two locked environments (the bot's, Python 3.12, and
# Rasa's, Python 3.10), the trained dialogue and a demo account store. Nothing is asked beforehand but git, Python 3 and make.

.DEFAULT_GOAL := help
SHELL := /bin/bash
export RASA_TELEMETRY_ENABLED := false
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
export TF_CPP_MIN_LOG_LEVEL := 3
export UV_PROJECT_ENVIRONMENT := .venv
UV := .tools/bin/uv
BIN := .venv/bin
RASA := .venv-rasa/bin/rasa
DIALOGUE := domain.yml config.yml $(shell find data -name '*.yml' 2>/dev/null) $(wildcard rasa_components/*.py)

.PHONY: help setup run phone test test-understanding test-conversations lint format wheel docs docs-settings figures bench bench-load bench-accounts bench-operations bench-refusals prove fuzz eval train train-second-pass clean
help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

setup: .setup/environment .setup/rasa models/dialogue.tar.gz var/accounts.sqlite ## everything that run and test need

run: setup ## a call: on microphone and speaker; without them the scripted demo call, then the web phone
	@$(BIN)/voicebot call --or-demo --caller 0912345678

phone: setup ## the web phone: calls from a browser, at http://127.0.0.1:8080/
	@$(BIN)/voicebot serve

test: setup ## every test: Rasa's own conversation tests, then pytest
	@$(MAKE) --no-print-directory -j2 $(if $(filter output-sync,$(.FEATURES)),-Otarget) test-understanding test-conversations
	@$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

test-understanding:
	@$(RASA) data validate --fail-on-warnings
	@$(RASA) test nlu --nlu tests/test_nlu.yml --model models/dialogue.tar.gz --out results/nlu --successes --no-plot
	@$(BIN)/python tests/dialogue/check_nlu.py results/nlu

test-conversations:
	@$(RASA) test core --stories tests --model models/dialogue.tar.gz --out results --no-plot --fail-on-prediction-errors
	@.venv-rasa/bin/python -m pytest -q -c rasa_components/pyproject.toml rasa_components/tests

lint: .setup/environment ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .setup/environment ## rewrite in the house's style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

wheel: $(UV) ## the package that others install, in dist/ (docs/installing.md)
	@$(UV) build --wheel --out-dir dist

docs: .setup/environment ## the documentation as a site, in site/
	@NO_MKDOCS_2_WARNING=1 UV_PROJECT_ENVIRONMENT=.venv-docs $(UV) run --locked --quiet --only-group docs mkdocs build --strict --quiet
	@echo "site/index.html"

docs-settings: .setup/environment ## docs/settings.md and docs/command-line.md, from the code
	@$(BIN)/python -m bot.settings_text >docs/settings.md
	@$(BIN)/python -m bot.commands_text >docs/command-line.md

bench: setup ## turn latency, real-time factor, memory, number words; writes docs/figures.json and quotes it
	@$(BIN)/python -m benchmarks --write

bench-load: setup ## how many calls at once; LOAD='--soak 60 --calls 70 --write soak' or '--overload 1.5 --calls 100'
	@$(BIN)/python -m benchmarks.load $(LOAD)

bench-accounts: setup ## a million accounts imported, five million looked up, SQLite and PostgreSQL (a quarter of an hour)
	@$(BIN)/python -m benchmarks.accounts

bench-operations: setup ## the operator's page with a year of calls, SQLite and PostgreSQL (a quarter of an hour, 9 GB for a while)
	@$(BIN)/python -m benchmarks.operations

bench-refusals: setup ## does the time of an answer tell why it was refused? 250 calls of each cause (half an hour)
	@$(BIN)/python -m benchmarks.refusals $(REFUSALS)

prove: setup ## 31,000 calls, each with a fault (two hours; goes on where it was stopped); writes proof/*.json; then fuzz
	@$(BIN)/python -m proof --resume --json proof/results.json $(PROOF)
	@$(BIN)/python -m proof.sockets --json proof/sockets.json
	@$(MAKE) --no-print-directory fuzz

fuzz: setup ## parsers that face outside, given anything for a minute each (FUZZ='--seconds 600')
	@$(UV) sync --locked --quiet --group fuzz
	@$(BIN)/python -m proof.fuzz $(FUZZ)

eval: setup ## the recogniser on people left out of training; writes asr_models/vi-digits/CARD.md
	@$(BIN)/python -m asr_models.evaluation --card
	@$(BIN)/python -m benchmarks.figures

figures: .setup/environment ## the figures in README and docs, as docs/figures.json and the model's card have them
	@$(BIN)/python -m benchmarks.figures

train: ## the recogniser's model, in the recipe's own environment (an hour; see asr_models/recipe)
	@asr_models/recipe/run.sh

train-second-pass: ## the recogniser's second pass, on a GPU where there is one (an hour; see asr_models/recipe)
	@asr_models/recipe/run.sh second-pass

clean: ## what was set up, made or trained here; the account store stays
	rm -rf .setup .tools .venv .venv-rasa models results dist .rasa var/clips var/models var/callers var/report

.setup/system: deploy/system-packages.sh
	@mkdir -p .setup
	@deploy/system-packages.sh
	@touch $@

$(UV): .setup/system
	@echo "Installing uv …"
	@python3 -m venv .tools
	@.tools/bin/pip install --quiet --disable-pip-version-check uv==0.13.9
	@touch $@

.setup/environment: $(UV) pyproject.toml uv.lock .python-version
	@echo "Installing the bot's environment (0.5 GB, once) …"
	@$(UV) sync --locked --quiet --compile-bytecode
	@touch $@

.setup/rasa: $(UV) rasa_components/pyproject.toml rasa_components/uv.lock .python-version
	@echo "Installing Rasa's environment (2.5 GB, once) …"
	@UV_PROJECT_ENVIRONMENT=../.venv-rasa $(UV) sync --project rasa_components --locked --quiet --compile-bytecode
	@touch $@

models/dialogue.tar.gz: .setup/rasa $(DIALOGUE)
	@echo "Training the dialogue …"
	@$(RASA) train --quiet --fixed-model-name dialogue --out models >.setup/train.log 2>&1 || (cat .setup/train.log; false)
	@touch $@

var/accounts.sqlite: | .setup/environment
	@echo "Making the demo account store …"
	@$(BIN)/voicebot accounts init --demo
