# wsaconnect: a kernel module, a library, and their proof. 'make help' lists the targets.
# Everything generated is under build/.

MAKEFLAGS += --no-builtin-rules
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

PREFIX ?= /usr/local
DESTDIR ?=
# Kernels the module is built for: stock-6.1, stock-6.12, debug.
KERNEL ?= stock-6.1 stock-6.12

top := $(CURDIR)
build := $(top)/build
deps := $(top)/selftests/lib/deps
root := $(build)/userlib-root
# Nobody may touch what the lanes are reading: each part has its own directory here.
quiet := $(if $(V),,-s)
userlib_make = $(MAKE) $(quiet) -C userlib O=$(build)/userlib
selftests_make = $(MAKE) $(quiet) -C selftests O=$(build)/selftests

.DEFAULT_GOAL := help
.PHONY: help demo check fuzz interop soak modules userlib selftests lint bench plots conformance install clean distclean deps-% module-%

help: ## list the targets
	@echo "make TARGET [VARIABLE=value]"
	@sed -nE 's/^([a-z]+):.*## (.*)/  \1\t\2/p' Makefile | expand -t 16
	@echo "Variables:"
	@echo "  KERNEL=stock-6.1|stock-6.12|debug  KVER=version  KDIR=tree   what modules are built for"
	@echo "  LLVM=-14  V=1                                                passed to kbuild"
	@echo "  PREFIX=/usr/local  DESTDIR=                                  where install goes"
	@echo "  NO_INSTALL=1                                                 print missing packages, install none"
	@echo "  WSA_CACHE=directory                                          kernels and downloads"

demo: deps-demo ## show what the project does, in a virtual machine
	@$(MAKE) --no-print-directory modules KERNEL=stock-6.12
	@$(MAKE) --no-print-directory userlib
	+@$(selftests_make) --no-print-directory $(build)/selftests/demo/codes
	@selftests/demo/run

check: ## build everything, run every test; the last line is "N passed, N failed"
	@selftests/check

soak: deps-soak ## a million non-blocking connects, and as many flows as there can be
	@$(MAKE) --no-print-directory modules KERNEL=stock-6.12
	@$(MAKE) --no-print-directory selftests
	@selftests/vm/run --icount --timeout 7200 --bind $(build)/selftests -- \
		sh -c './qos/most && SOAK=1000000 ./winsock/soak'

interop: deps-interop ## talk to another's ISO transport, the npm package iso-on-tcp
	@$(MAKE) --no-print-directory modules KERNEL=stock-6.12
	@$(MAKE) --no-print-directory selftests
	@selftests/peers/node.sh

fuzz: deps-rules ## fuzz the connect-data codec for half an hour
	@FUZZ_SECONDS=$${FUZZ_SECONDS:-1800} selftests/rules/cotp.sh

modules: deps-modules ## build wsa.ko into build/KERNEL/

# KDIR and KVER name a kernel of the user's own; nothing is built for the running one unasked.
ifneq ($(KDIR)$(KVER),)
modules: module-custom
else
modules: $(addprefix module-,$(KERNEL))
endif

# A build may be left with these; mirroring the sources must not take them away.
products := *.o *.ko *.mod *.mod.c .*.cmd *.d modules.order Module.symvers

module-%:
	@dir='$(if $(filter custom,$*),$(or $(KDIR),/lib/modules/$(KVER)/build),)'; \
	[ -n "$$dir" ] || dir=$$(selftests/vm/kernel $*)/build; \
	[ -f "$$dir/Makefile" ] || { echo "modules: no kernel build tree in $$dir" >&2; exit 1; }; \
	mkdir -p $(build)/$*/src; \
	rsync -a --delete $(foreach p,$(products),--exclude='$(p)') Kbuild module uapi $(build)/$*/src/; \
	echo "modules: $*"; \
	$(MAKE) --no-print-directory -C "$$dir" M=$(build)/$*/src W=1 $(if $(LLVM),LLVM=$(LLVM)) modules \
		$(if $(V),,2>&1 | { grep -vE '^(  (CC|LD|MODPOST|AR|BTF) |make\[|Skipping BTF)|compiler differs|  (The kernel was built by|You are using):?' || :; }); \
	rm -f $(build)/$*/*.ko; \
	cp $(build)/$*/src/*.ko $(build)/$*/

userlib: deps-userlib ## build libwsaconnect into build/userlib, stage it in build/userlib-root
	@[ -f userlib/Makefile ] || { echo "userlib: userlib/Makefile is missing" >&2; exit 1; }
	+@$(userlib_make) all examples
	@rm -rf $(root)
	+@$(userlib_make) install DESTDIR=$(root) PREFIX=/usr/local

selftests: deps-selftests userlib ## build the test programs into build/selftests
	@[ -f selftests/Makefile ] || { echo "selftests: selftests/Makefile is missing" >&2; exit 1; }
	+@$(selftests_make) all

lint: deps-lint ## check sources, scripts and manual pages
	@[ -x selftests/lint/run ] || { echo "lint: selftests/lint/run is missing" >&2; exit 1; }
	@selftests/lint/run

bench: deps-bench ## compare with plain sockets, by instructions and by time
	@$(MAKE) --no-print-directory modules KERNEL="stock-6.1 stock-6.12"
	@$(MAKE) --no-print-directory userlib
	@selftests/bench/run

plots: deps-plots ## draw what promises are worth: rates and delays, as SVG and PNG
	@$(MAKE) --no-print-directory modules KERNEL=stock-6.12
	@$(MAKE) --no-print-directory selftests
	@selftests/plots/run

conformance: deps-conformance ## write the conformance table from the cases of the last check
	@[ -f $(build)/results/cases.tsv ] || { echo "conformance: no results yet: run 'make check' first" >&2; exit 1; }
	@[ -x selftests/conformance/run ] || { echo "conformance: selftests/conformance/run is missing" >&2; exit 1; }
	@selftests/conformance/run

install: deps-install ## install the library and the manual pages below DESTDIR and PREFIX
	+@$(userlib_make) install DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)'
	@for page in Documentation/man/*.[1-9]; do \
		[ ! -f "$$page" ] || install -D -m 644 "$$page" "$(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/}"; \
	done

clean: ## remove build/
	rm -rf $(build)

distclean: clean ## remove build/ and the cache (kernels and downloads)
	rm -rf "$${WSA_CACHE:-$${XDG_CACHE_HOME:-$$HOME/.cache}/wsaconnect}"

deps-%:
	@$(deps) $*
