# The daily commands. `make` alone lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

GO ?= go
# How often each fuzz target runs. A time ("1m") will do as well, but go test may then report the end of it as a failure.
FUZZTIME ?= 20000x
# How often make crash kills a process in each of its tests.
KILLS ?= 500

# The modules of the project: the toolkit itself, and those that keep their dependencies apart from it. The developer
# tools have a module too, with no code in it.
MODULES = $(shell find . -name go.mod -not -path './internal/tools/*' -exec dirname {} \; | sort)
TOOL = $(GO) tool -modfile=$(CURDIR)/internal/tools/go.mod

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## Run the tests of the example application and show what they did
	@out=$$(mktemp); trap 'rm -f "$$out"' EXIT; \
	if $(GO) test -count=1 -v ./internal/example/... > "$$out" 2>&1; then \
		grep -E '^ *--- |^ok|^Ran |_test\.go:[0-9]+: ' "$$out"; \
	else \
		cat "$$out"; exit 1; \
	fi

.PHONY: test
test: ## Run all tests, shuffled, with the race detector where a C compiler is found
	@race=-race; \
	if [ "$$($(GO) env CGO_ENABLED)" != 1 ] || ! command -v $$($(GO) env CC) > /dev/null; then \
		race=; export CGO_ENABLED=0; echo 'make test: no C compiler, or CGO_ENABLED=0: testing WITHOUT the race detector' >&2; \
	fi; \
	if ! command -v redis-server > /dev/null; then \
		echo 'make test: no redis-server on PATH: SKIPPING what compares with one (apt-get install redis-server)' >&2; \
	fi; \
	for module in $(MODULES); do \
		echo "== go test $$race -shuffle=on ./... ($$module)"; \
		(cd "$$module" && $(GO) test $$race -shuffle=on ./...); \
	done

.PHONY: lint
lint: ## Check style, imports and likely mistakes; the first run builds the linter, which takes minutes
	@for module in $(MODULES); do \
		echo "== golangci-lint run ($$module)"; \
		(cd "$$module" && $(TOOL) golangci-lint run --config $(CURDIR)/.golangci.yml ./...); \
	done

.PHONY: fmt
fmt: ## Rewrite the sources in the house's format
	@for module in $(MODULES); do \
		(cd "$$module" && $(TOOL) golangci-lint fmt --config $(CURDIR)/.golangci.yml ./...); \
	done

.PHONY: bench
bench: ## Run the benchmarks that compare with the alternatives
	cd internal/bench && $(GO) test -run '^$$' -bench . -benchtime 1x -timeout 30m .

.PHONY: bench-report
bench-report: ## Run the benchmarks and rewrite their page, chart, and README table
	@out=$$(mktemp); trap 'rm -f "$$out"' EXIT; \
	$(MAKE) --no-print-directory bench | tee "$$out"; \
	cd internal/bench && $(GO) run ./report < "$$out"

.PHONY: suites
suites: ## Run the tests of published libraries on redis-server and on a live redistest, at port 6379
	cd internal/suites && $(GO) run .

.PHONY: drift
drift: ## Compare the embedded server with redis-server anew: rewrites the table of deviations, the README's and docs/limits.md
	CI= REDISTEST_UPDATE=1 REDISTEST_REQUIRE=1 $(GO) test -count=1 -run '^TestConformance$$' ./redistest/conformance
	REDISTEST_REQUIRE=1 $(GO) test -count=1 ./redistest/conformance
	CI= REDISTEST_UPDATE=1 $(GO) test -count=1 -run '^TestTheLimitsAreAsWritten$$' ./redistest

.PHONY: fuzz
fuzz: ## Run every fuzz target FUZZTIME each (default 20000x)
	@packages=$$($(GO) list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' ./...); \
	for package in $$packages; do \
		listed=$$($(GO) test -list '^Fuzz' "$$package"); \
		for target in $$(grep '^Fuzz' <<< "$$listed" || true); do \
			echo "== $$target ($$package)"; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$package"; \
		done; \
	done

.PHONY: crash
crash: ## Kill persistent servers KILLS times (default 500) and look for what they have lost
	$(GO) test -count=1 -v -timeout 30m -run '^TestKilled' ./snapshot ./redistest -kills $(KILLS)

.PHONY: cover
cover: ## Show the statement coverage of each function
	@out=$$(mktemp); trap 'rm -f "$$out"' EXIT; \
	$(GO) test -coverpkg=./... -coverprofile="$$out" ./... && $(GO) tool cover -func="$$out"

.PHONY: tidy
tidy: ## Tidy every module, the tools' one included
	@for module in $(MODULES) ./internal/tools; do (cd "$$module" && $(GO) mod tidy); done
