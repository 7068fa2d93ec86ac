# Two commands matter: `make demo` and `make test`. Everything they need they get themselves.
# ARGS="..." goes to pytest; FRESH=1 builds the database of the command again; see `make help`.
SHELL := /bin/bash
.PHONY: help setup demo test engine odoo shell screenshots check lint bench bench-forecast yardstick stop clean distclean

help:  ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

setup:  ## get Odoo 19, Python packages, PostgreSQL, Chromium and the template database
	@dev/setup

demo:  ## build the demo and serve it on 127.0.0.1; COMPANY=components (default, SKUS LINES MONTHS SEED) or adventureworks
	@dev/demo

test:  ## all tests: engine, Odoo and browser
	@dev/test all $(ARGS)

engine:  ## only the engine's tests, in seconds and without Odoo
	@dev/test engine $(ARGS)

odoo:  ## only the Odoo and browser tests
	@dev/test odoo $(ARGS)

shell:  ## Odoo's shell on the demo database; runs a script from standard input (DB=name: another database)
	@dev/shell

screenshots:  ## take the pictures of docs/screenshots again: every screen of the example company, wide and narrow
	@SOP_SCREENSHOTS="$(CURDIR)/docs/screenshots" dev/test odoo -k test_screens

lint:  ## ruff, pylint-odoo, XML and shell scripts (FIX=1: repair what can be repaired)
	@dev/lint $(if $(FIX),--fix)

check:  ## compare the demo database with what was loaded into it, and its cycle with the truth (a minute)
	@dev/shell < dev/check.py

bench:  ## measure a refresh, as JSON: SKUS=500 LINES=50000 or COMPANY=adventureworks, in a database of its own
	@SERVE=0 DB=sop_bench dev/demo >&2
	@dev/env python benchmarks/refresh.py sop_bench

bench-forecast:  ## accuracy and cost of the forecast: DATA="a.csv b.csv.gz" H=18 SEASON=12 METHODS="theta tsb" OUT=file.json
	@dev/bench-forecast $(DATA) $(if $(H),--horizon "$(H)") $(if $(SEASON),--season "$(SEASON)") \
	  $(if $(OUT),--out "$(OUT)") $(if $(METHODS),--methods $(METHODS))

yardstick:  ## get statsforecast into .dev/yardstick, for bench-forecast to compare with
	@dev/bench-forecast yardstick

stop:  ## stop the private PostgreSQL
	@dev/clean stop

clean:  ## remove .dev/ and the private PostgreSQL
	@dev/clean

distclean:  ## the same, and the downloads in the user's cache folder
	@dev/clean all
