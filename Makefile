# A newcomer needs `make run`. Each step is done again only when what it is made from has changed.

PYTHON ?= python3
PORT ?= 8000
DATA_DIR ?= var
export PORT DATA_DIR

VENV := .venv
PY := $(VENV)/bin/python
# The tools for testing come on top of what serving needs, and stay once they are there.
FOR_TESTS := test test-many dev bench bench-live bench-keys bench-ml bench-insights bench-rules bench-clock bench-dashboard bench-watch bench-load bench-upgrade screenshots lighthouse format
REQUIREMENTS := $(if $(or $(wildcard $(VENV)/dev.stamp),$(filter $(FOR_TESTS),$(MAKECMDGOALS))),dev,app)
APPS := timetracker accounts tracking workflows analytics notifications
FRONTEND_SOURCES := $(shell find static/src templates $(APPS) -name '*.js' -o -name '*.css' -o -name '*.html' -o -name '*.py')
CATALOGS := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))
STATIC := $(DATA_DIR)/static/staticfiles.json

.DEFAULT_GOAL := help
.PHONY: help setup run dev test test-many bench bench-live bench-keys bench-ml bench-insights bench-rules bench-clock bench-dashboard bench-watch bench-load bench-upgrade screenshots lighthouse messages format lock clean

help: ## Say what there is
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 20

setup: $(VENV)/$(REQUIREMENTS).stamp static/dist/.stamp $(CATALOGS) $(STATIC) ## Install and build everything, serve nothing

run: setup ## Set up and serve on http://localhost:8000 (PORT and DATA_DIR change where)
	@exec $(PY) manage.py serve --migrate

dev: export DEBUG := 1
dev: $(VENV)/dev.stamp static/dist/.stamp $(CATALOGS) ## Serve with DEBUG, reload on every change
	@trap 'kill 0' EXIT INT TERM; npm run --silent watch & $(PY) manage.py serve --migrate --reload

test: $(VENV)/dev.stamp static/dist/.stamp $(CATALOGS) $(STATIC) ## Run every check; STRICT=1 fails when one had to be left out
	@$(PY) scripts/test.py $(if $(filter-out 0,$(STRICT)),--strict)

test-many: $(VENV)/dev.stamp static/dist/.stamp $(CATALOGS) $(STATIC) ## Run races, kills and pages on the many processes of a deployment
	@$(PY) scripts/test.py --many $(if $(filter-out 0,$(STRICT)),--strict)

bench: $(VENV)/dev.stamp static/dist/.stamp $(CATALOGS) $(STATIC) ## Print the figures of docs/benchmarks.md for this machine (BENCH_ARGS)
	@$(PY) benchmarks/bench.py $(BENCH_ARGS)

bench-live: $(VENV)/dev.stamp static/dist/.stamp $(CATALOGS) $(STATIC) ## Print how soon a thousand open sockets hear, and what they cost (BENCH_ARGS)
	@$(PY) benchmarks/bench_live.py $(BENCH_ARGS)

bench-keys: $(VENV)/dev.stamp static/dist/.stamp $(CATALOGS) $(STATIC) ## Print how soon keys show their effect in Chromium (BENCH_ARGS)
	@$(PY) benchmarks/bench_keys.py $(BENCH_ARGS)

bench-ml: $(VENV)/dev.stamp ## Print how good estimates are on a record of finished tasks (SIP=DIR or RECORD=FILE, BENCH_ARGS)
	@$(PY) benchmarks/bench_ml.py --sip "$(SIP)" --record "$(RECORD)" $(BENCH_ARGS)

bench-insights: $(VENV)/dev.stamp ## Print how right patterns, forecasts and odd entries are on histories with a known truth (SIP=DIR)
	@$(PY) -m benchmarks.insights_patterns
	@$(PY) -m benchmarks.insights_forecasts $(SIP)
	@$(PY) -m benchmarks.insights_anomalies

bench-rules: $(VENV)/dev.stamp ## Print how long rules take to match (BENCH_ARGS)
	@$(PY) benchmarks/bench_rules.py $(BENCH_ARGS)

bench-clock: $(VENV)/dev.stamp ## Print what a turn of the clock costs with 10,000 people (BENCH_ARGS)
	@$(PY) benchmarks/bench_clock.py $(BENCH_ARGS)

bench-dashboard: $(VENV)/dev.stamp static/dist/.stamp $(CATALOGS) $(STATIC) ## Print what the home page takes with every widget (BENCH_ARGS)
	@$(PY) benchmarks/bench_dashboard.py $(BENCH_ARGS)

bench-watch: $(VENV)/dev.stamp static/dist/.stamp $(CATALOGS) $(STATIC) ## Print what metrics cost a page, pair by pair (BENCH_ARGS)
	@$(PY) benchmarks/bench_watch.py $(BENCH_ARGS)

bench-load: $(VENV)/dev.stamp static/dist/.stamp $(CATALOGS) $(STATIC) ## Print how many people a core serves on a working morning (BENCH_ARGS)
	@$(PY) benchmarks/bench_load.py $(BENCH_ARGS)

bench-upgrade: $(VENV)/dev.stamp ## Print how long writers wait on PostgreSQL while a million entries are upgraded (BENCH_ARGS)
	@$(PY) benchmarks/bench_upgrade.py $(BENCH_ARGS)

screenshots: $(VENV)/dev.stamp static/dist/.stamp $(CATALOGS) $(STATIC) ## Take pictures of every page into var/screenshots (SCREENSHOTS_ARGS)
	@$(PY) scripts/screenshots.py $(SCREENSHOTS_ARGS)

lighthouse: $(VENV)/dev.stamp static/dist/.stamp $(CATALOGS) $(STATIC) ## Print Lighthouse's scores and what it finds (LIGHTHOUSE_ARGS)
	@$(PY) scripts/lighthouse.py $(LIGHTHOUSE_ARGS)

messages: $(VENV)/$(REQUIREMENTS).stamp ## Bring the translations up to date with the words of the code
	@$(PY) scripts/messages.py

format: $(VENV)/dev.stamp ## Put the Python files into shape
	@$(VENV)/bin/ruff check --fix --quiet . ; $(VENV)/bin/ruff format .

lock: $(VENV)/bootstrap.stamp ## Write the lock files anew from requirements/*.in and package.json
	@for name in bootstrap app dev; do \
	  $(VENV)/bin/uv pip compile --quiet --upgrade --generate-hashes --no-emit-index-url --python-version 3.11 \
	    requirements/$$name.in -o requirements/$$name.txt; done
	@rm -f package-lock.json && npm install --package-lock-only --ignore-scripts

clean: ## Remove what was installed and built; data stays
	rm -rf $(VENV) node_modules static/dist $(DATA_DIR)/static

$(VENV)/bootstrap.stamp: requirements/bootstrap.txt
	@echo "Making the virtual environment"
	@$(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/%.stamp: requirements/%.txt $(VENV)/bootstrap.stamp
	@echo "Installing Python packages ($*)"
	@$(VENV)/bin/uv pip sync --quiet --require-hashes --python $(PY) $<
	@touch $@

node_modules/.stamp: package.json package-lock.json .npmrc
	@echo "Installing npm packages"
	@npm ci --ignore-scripts --loglevel=error
	@touch $@

static/dist/.stamp: node_modules/.stamp scripts/frontend.js $(FRONTEND_SOURCES)
	@echo "Building the front end"
	@npm run --silent build
	@touch $@

$(STATIC): static/dist/.stamp $(VENV)/$(REQUIREMENTS).stamp
	@echo "Collecting static files"
	@$(PY) manage.py collectstatic --noinput --verbosity 0
	@touch $@

locale/%.mo: locale/%.po | $(VENV)/$(REQUIREMENTS).stamp
	@$(VENV)/bin/pybabel --quiet compile --input-file=$< --output-file=$@
