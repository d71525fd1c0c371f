# `make` alone lists what there is. Everything runs on the Node 24 that npm puts into node_modules/.bin.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run install build lint schema schema-check test test-unit test-docker mutants chaos demo bench audit clean

installed := node_modules/.package-lock.json
stryker := tools/mutants/node_modules/.package-lock.json
charts := tools/charts/node_modules/.package-lock.json
linters := tools/lint/node_modules/.package-lock.json
compose-test := docker compose -f docker-compose.test.yml

help: ## show this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

run: build ## install, build and start on http://localhost:8000; needs only Node and npm
	npm start

install: $(installed) ## install the packages, when the lock file changed

# better-sqlite3's install script would compile what it ships built; only the script of `node` is needed.
$(installed): package-lock.json
	@tools/progress.sh 'Installing the packages' npm ci --include=dev --ignore-scripts --no-audit --no-fund --loglevel=error
	@tools/progress.sh 'Fetching Node 24' npm rebuild node --loglevel=error

build: install ## compile src/ to dist/, the page of src/web/ included
	@tools/progress.sh 'Building' npm run build --silent

lint: install $(linters) ## check format, lint, dead code and types
	npm run lint

# Not the page: it may ask for what schema/ does not have yet.
schema: install ## print schema/ from the code
	npm run build:engine && npm run schema && npm run build:graphiql && npm run build:page

schema-check: build ## fail when schema/ is not what the code prints
	@was=$$(mktemp -d) && trap 'rm -rf "$$was"' EXIT && cp -r schema/. "$$was" && npm run schema && diff -ru "$$was" schema

test: install ## everything: lint, build, schema drift, all tests on a real Redis and PostgreSQL
	$(MAKE) -j2 lint schema-check
	npm test

test-unit: install ## only test/unit, without shared services
	TEST_SERVICES=none npm test -- test/unit

test-docker: ## the same as `make test`, in Docker Compose
	$(compose-test) run --rm --build -T test; code=$$?; $(compose-test) down -v; exit $$code

mutants: install $(stryker) ## change src/ in small ways: a test must notice; FILE=
	TEST_SERVICES=none node_modules/.bin/node tools/mutants/main.mjs $(FILE)

$(stryker) $(charts) $(linters): tools/%/node_modules/.package-lock.json: tools/%/package-lock.json
	npm ci --prefix tools/$* --ignore-scripts --no-audit --no-fund --loglevel=error

chaos: build ## break things on purpose, send 10,000 hostile requests, fuzz longer; SEED=, MINUTES=, SETUP=
	npm run chaos
	HOSTILE_REQUESTS=10000 FUZZ_CASES=1500 npm test -- test/security/hostile test/security/fuzz

demo: build ## a sale to watch: 500 places, 2,000 buyers, 30 seconds, and the proof; SETUP=redis|postgresql, STAY=1
	npm run --silent demo -- --setup=$(SETUP) $(if $(STAY),--stay)

bench: build $(charts) ## measure it against its ceiling; SCENARIO=, ROUNDS=, SECONDS=, ROWS=
	npm run bench -- --scenario=$(SCENARIO) --rounds=$(ROUNDS) --seconds=$(SECONDS) --rows=$(ROWS)

audit: ## ask npm for known weaknesses of the packages; fails on a high one
	npm audit --audit-level=high

clean: ## remove what install, build and tests made
	rm -rf node_modules dist src/web/generated coverage tools/node_modules tools/generated tools/promtool \
		tools/charts/node_modules tools/lint/node_modules tools/mutants/node_modules tools/mutants/.stryker-tmp tools/mutants/report
