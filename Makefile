# Everything that is done with this project, in one word each. Meson does the work.
#
#   make            install what is missing, build into build/, the desk's page with it
#   make demo       build, then show the network at work; EXIT=1 ends it by itself
#   make check      build with sanitizers, run all tests; the last line counts them
#   make bench      measure, as ratios
#   make fuzz       fuzz every parser; SECONDS=n for each (60)
#   make places     fetch a file that tells countries (npm), for 'ironside init --places'
#   make install    into PREFIX (/usr/local)
#   make clean

PREFIX ?= /usr/local
SECONDS ?= 60

.PHONY: all setup demo check lint bench fuzz places install clean

PROGRAMS = ironside ironside-desk ironside-ibot ironside-registrar

# 3: the page's parts cannot be had. It has said so, and a desk runs without one.
PAGE = tools/page build/page || [ $$? = 3 ]

all: build/build.ninja
	@ninja -C build $(PROGRAMS)
	@$(PAGE)

setup:
	@tools/setup

build/build.ninja: | setup
	@meson setup build >/dev/null

build/check/build.ninja: | setup
	@meson setup -Db_sanitize=address,undefined -Db_lundef=false build/check >/dev/null

build/fuzz/build.ninja: | setup
	@CC=clang CXX=clang++ meson setup -Dfuzz=true -Db_lundef=false build/fuzz >/dev/null

demo: all
	@demo/run $(if $(EXIT),--exit)

check: build/build.ninja build/check/build.ninja
	@ninja -C build
	@$(PAGE)
	@ninja -C build/check
	@tests/run

lint: build/build.ninja
	@tools/lint

bench: all
	@bench/run

fuzz: build/fuzz/build.ninja
	@ninja -C build/fuzz
	@tests/fuzz/run.sh build/fuzz $(SECONDS)

places:
	@tools/places

install: all
	@meson setup --reconfigure --prefix $(PREFIX) build >/dev/null
	@meson install -C build --no-rebuild

clean:
	@rm -rf build
