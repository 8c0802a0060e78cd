# The two commands that do everything on a fresh machine: `make reproduce` and `make test`. `make help` lists the rest.
# Set-up runs when a lock file is newer than its stamp in .cache/setup, so a second run starts at once.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

# What is computed: smoke (the default) or mirror. MIRROR names a folder that holds the authors' data.
PROFILE ?= smoke

# What a person types reaches the commands through the environment and as it was typed, quotes and dollar signs included.
export REPRO_MAKE_PROFILE := $(value PROFILE)
export REPRO_MAKE_STAGE := $(value S)
export REPRO_MAKE_QUERY := $(value Q)
export REPRO_MAKE_FROM := $(value FROM)
unexport S Q PROFILE FROM
ifneq ($(value MIRROR),)
MIRROR_AS_TYPED := $(value MIRROR)
override MIRROR = $(MIRROR_AS_TYPED)
export MIRROR
endif

NODE := node_modules/.bin/node
LOCK := $(or $(REPRO_WORKER_LOCK),cpu)
NODE_STAMP := .cache/setup/node
PYTHON_STAMP := .cache/setup/python-$(LOCK)
SUITES := $(sort $(notdir $(patsubst %/,%,$(wildcard tests/suites/*/))))
BENCH := $(wildcard bench/main.ts)

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile
	@for suite in $(SUITES); do printf '  make test-%-11s the heavier tests of tests/suites/%s\n' "$$suite" "$$suite"; done
	@[ -z "$(BENCH)" ] || printf '  make %-16s %s\n' bench 'measure start-up, and tell where the last run'\''s time went'
	@[ -z "$(BENCH)" ] || printf '  make %-16s %s\n' bench-cache 'measure the cache beside DVC, Snakemake and redun'
	@[ -z "$(BENCH)" ] || printf '  make %-16s %s\n' bench-worker 'measure the worker beside plain ways of doing its work'

.PHONY: reproduce
reproduce: setup ## compute everything: make reproduce [PROFILE=smoke|mirror] [MIRROR=FOLDER] [FROM=PACK-OR-REMOTE]
	@bin/repro run --profile "$$REPRO_MAKE_PROFILE" $${REPRO_MAKE_FROM:+--from "$$REPRO_MAKE_FROM"}

.PHONY: plan
plan: setup ## say what would be computed, and why: make plan [PROFILE=…]
	@bin/repro plan --profile "$$REPRO_MAKE_PROFILE"

.PHONY: stage
stage: setup ## rerun one stage and compare it with its record: make stage S='NODE'
	@[ -n "$$REPRO_MAKE_STAGE" ] || { echo "Say which stage: make stage S='NODE' (make plan lists the names)." >&2; exit 2; }
	@bin/repro stage --profile "$$REPRO_MAKE_PROFILE" -- "$$REPRO_MAKE_STAGE"

.PHONY: query
query: setup ## ask the results: make query Q='SELECT …'
	@[ -n "$$REPRO_MAKE_QUERY" ] || { echo "Say what to ask: make query Q='SELECT …'." >&2; exit 2; }
	@bin/repro query --profile "$$REPRO_MAKE_PROFILE" -- "$$REPRO_MAKE_QUERY"

.PHONY: notebooks
notebooks: setup ## run the notebooks and render their pages
	@bin/repro run --profile "$$REPRO_MAKE_PROFILE" 'notebook*'

.PHONY: paper
paper: setup ## make the PDF
	@bin/repro run --profile "$$REPRO_MAKE_PROFILE" paper

.PHONY: declare-data
declare-data: $(NODE_STAMP) ## declare the sizes and digests of the files in data/, after an edit
	@$(NODE) scripts/declare-data.ts

.PHONY: test
test: setup ## type check, lint and all the quick tests
	@$(NODE) scripts/test.ts

.PHONY: $(addprefix test-,$(SUITES))
$(addprefix test-,$(SUITES)): test-%: setup
	@$(NODE) scripts/test.ts $*

.PHONY: test-checkpoints
test-checkpoints: setup ## compare the authors' checkpoint with their scored examples; needs the hub, so no part of CI
	@cd worker && ../.cache/worker-venv/bin/python -m pytest -rs checkpoints

ifneq ($(BENCH),)
.PHONY: bench
bench: setup
	@$(NODE) $(BENCH)

.PHONY: bench-cache
bench-cache: setup
	@$(NODE) --experimental-import-text --disable-warning=ExperimentalWarning bench/cache/main.ts

.PHONY: bench-worker
bench-worker: setup
	@PYTHONPATH=worker:bench/worker PYTHONDONTWRITEBYTECODE=1 .cache/worker-venv/bin/python -m worker_bench .cache/bench-worker
endif

.PHONY: setup
setup: $(NODE_STAMP) $(PYTHON_STAMP) ## install what the project needs, inside its own folder
	@:

# What someone removed by hand is made anew, whatever its stamp says.
ifeq ($(wildcard $(NODE)),)
.PHONY: $(NODE_STAMP)
endif
ifneq ($(words $(wildcard $(addsuffix /.installed,.cache/uv-tool .cache/notebook-venv .cache/worker-venv))),3)
.PHONY: $(PYTHON_STAMP)
endif

$(NODE_STAMP): package-lock.json .npmrc scripts/setup-node.sh scripts/check-tools.sh
	@sh scripts/check-tools.sh >/dev/null
	@sh scripts/setup-node.sh
	@touch $@

$(PYTHON_STAMP): $(NODE_STAMP) $(wildcard scripts/*.lock.txt worker/locks/*.txt notebooks/locks/*.txt scripts/setup.ts scripts/lib/environment.ts)
	@rm -f .cache/setup/python-*
	@$(NODE) scripts/setup.ts
	@touch $@

.PHONY: check-locks
check-locks: setup ## ask the package index whether every lock fits every platform
	@$(NODE) scripts/check-locks.ts

.PHONY: clean
clean: ## remove what was installed and cached; results stay
	rm -rf .cache node_modules
	@echo "The results in artifacts/ were kept; make clean-artifacts CONFIRM=yes removes them."

.PHONY: clean-artifacts
clean-artifacts: ## remove every result: make clean-artifacts CONFIRM=yes
	@[ "$(CONFIRM)" = yes ] || { echo "This removes every result in artifacts/, trained models too. If you mean it: make clean-artifacts CONFIRM=yes" >&2; exit 2; }
	@chmod -R u+w artifacts
	@find artifacts -mindepth 1 -maxdepth 1 ! -name README.md -exec rm -rf {} +
	@echo "artifacts/ is empty."
