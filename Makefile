# Ruhu (入户). Two commands for a newcomer: `make demo` and `make test`. `make help` lists the rest.

SWIFT ?= swift
# Swift's own libraries are linked in: a program starts in half the time, and runs where Swift is not installed.
OPTIMISED := $(SWIFT) build -c release --static-swift-stdlib --scratch-path .build-release
PACKAGES := libcurl4-openssl-dev libzstd-dev libsqlite3-dev zlib1g-dev libxlsxwriter-dev faketime chromium \
	chromium-driver fonts-noto-cjk pngquant
SOURCES := Package.swift Sources Tests Benchmarks Examples

.PHONY: help demo test build release lint format packages bench gate curves district bench-pages golden screenshots fuzz clean

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: packages ## A township, eight stations, real households: capture, sync, conflict, proof
	$(SWIFT) build --product ruhu
	$(SWIFT) build --product ruhu-server
	$(SWIFT) run ruhu-demo

test: packages lint ## Everything CI checks: format, layers, units, properties, whole programs, the benchmark gate
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build
	$(MAKE) gate

build: packages ## Debug build of both programs
	$(SWIFT) build

release: packages ## Optimised build of both programs, in .build-release
	$(OPTIMISED) --product ruhu
	$(OPTIMISED) --product ruhu-server

lint: ## Format and style, strictly
	$(SWIFT) format lint --strict --recursive --parallel $(SOURCES)

format: ## Format in place
	$(SWIFT) format --in-place --recursive --parallel $(SOURCES)

bench: release ## The benchmarks, against their floors; prints the tables of docs/benchmarks.md
	$(OPTIMISED) --product ruhu-bench
	.build-release/release/ruhu-bench rows
	.build-release/release/ruhu-bench village

gate: release ## Fails when something takes clearly more than it did, against the floor of the same run
	$(OPTIMISED) --product ruhu-bench
	.build-release/release/ruhu-bench gate

curves: release ## Growth from 1,000 to 1,000,000 records, into docs/curves.csv and docs/curves (10 minutes, 6 GB)
	$(OPTIMISED) --product ruhu-bench
	.build-release/release/ruhu-bench curves

district: release ## A district's data (made once, 1.5 GB in the user's cache), and what its desk waits for
	$(OPTIMISED) --product ruhu-bench
	.build-release/release/ruhu-bench district

bench-pages: release ## Every page of the console with a district's data; prints the table of docs/benchmarks.md
	$(OPTIMISED) --product ruhu-bench
	.build-release/release/ruhu-bench district --pages-only

golden: packages ## Records the golden files anew (look at the difference before you commit)
	RUHU_RECORD_GOLDEN=1 $(SWIFT) test --filter Golden || true

screenshots: packages ## Pictures of the console with sample data: all in DIR (.build/screenshots), the best in docs
	$(SWIFT) build --build-tests
	RUHU_SCREENSHOTS=$${DIR:-$(CURDIR)/.build/screenshots} $(SWIFT) test --skip-build --filter ScreenshotTests
	mkdir -p docs/screenshots
	for p in $${DIR:-.build/screenshots}/shown/*.png; do \
		pngquant --force --strip --speed 1 64 --output docs/screenshots/$$(basename $$p) $$p; done

fuzz: packages ## Hostile bytes for longer: MUTATIONS for each decoder from SEED (default: 100,000 from the clock)
	RUHU_FUZZ_MUTATIONS=$${MUTATIONS:-100000} RUHU_FUZZ_SEED=$${SEED:-$$(date +%s)} $(SWIFT) test --filter FuzzTests

packages: ## Installs the Debian packages that are missing
	@missing=""; for p in $(PACKAGES); do \
		dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then \
		sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
		$$sudo apt-get update -qq && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing; fi

clean: ## Removes what was built
	rm -rf .build .build-release
