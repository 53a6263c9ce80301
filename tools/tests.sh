# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The phases of `./build.sh test`. build.sh sources this file. For a phase X, what_X prints
# a description, X_packages, here or in packages.sh, lists the packages that the phase needs,
# prepare_X installs what is not in a package, and test_X runs the phase.
: "${root:?}" "${out:?}" "${cxx:?}"
# shellcheck source=tools/packages.sh
. ./tools/packages.sh
# Tests are built with the flags of the library, so that Go's standard library is compiled
# only once.
export GOFLAGS="${GOFLAGS:+$GOFLAGS }-trimpath -tags=nethttpomithttp2"

# shellcheck disable=SC2034 # build.sh reads them
demo_phases=(core demo)
# shellcheck disable=SC2034
unit_phases=(library format unit)
# shellcheck disable=SC2034
test_phases=(library source go cmake manual)
# shellcheck disable=SC2034
heavy_phases=(race coverage fuzzers languages bindings browser servers fleet package consumers dist windows sanitizers)
# shellcheck disable=SC2034
sanitize_phases=(sanitizers valgrind)

has() { declare -F "$1" >/dev/null; } # has FUNCTION

# run_phases NAME PHASE...: runs the phases for the command `./build.sh NAME`.
run_phases() {
  local name=$1 phase
  shift
  began=$SECONDS
  trap 'ended $?' EXIT
  prepare "$@"
  for phase in "$@"; do
    phase_began=$SECONDS running=$phase
    say "$phase: $("what_$phase")"
    attended "$phase" "test_$phase"
    times+=("$(printf '%-12s %s' "$phase" "$(duration $((SECONDS - phase_began)))")")
    printf '   %s: passed in %s\n' "$phase" "$(duration $((SECONDS - phase_began)))"
  done
  running=
  say "$name"
  printf '   %s\n' "${times[@]}"
  printf 'all passed in %d min\n' $(((SECONDS - began + 59) / 60))
}
times=() running=

# ended STATUS: if the run has failed, prints which phase failed and how to repeat this
# phase.
ended() {
  quiet
  [ "$1" = 0 ] || [ -z "$running" ] || printf '\nFAILED: phase %s after %s. To repeat it: ./build.sh test %s\n' \
    "$running" "$(duration $((SECONDS - phase_began)))" "$running" >&2
}

# prepare PHASE...: installs what the phases need. It is called before the first phase runs.
prepare() {
  local phase list
  mkdir -p "$out"
  list=$(for phase in "$@"; do if has "${phase}_packages"; then "${phase}_packages"; fi; done)
  need_packages "$list"
  need_compilers
  for phase in "$@"; do
    if has "prepare_$phase"; then attended "preparing $phase" "prepare_$phase"; fi
  done
}

what_library() { echo "the library, the examples in C and C++, csmtp-doctor, csmtp-login, csmtp-send and csmtp-testserver"; }
library_packages() { compilers_packages; }
test_library() {
  lib
  examples
  report_size
}

what_core() { echo "the library"; }
core_packages() { :; }
test_core() { lib; }

what_demo() { echo "the sample program's mail to a local test server, with STARTTLS and with SSL"; }
test_demo() { demo; }

what_format() { echo "gofmt and go vet"; }
test_format() {
  local unformatted
  unformatted=$(gofmt -l .)
  [ -z "$unformatted" ] || fail "gofmt: $unformatted"
  go vet ./...
}

what_unit() { echo "the tests that need only Go and a C++ compiler (others are skipped)"; }
test_unit() { CSMTP_BUILD_DIR=$out go test -timeout 20m ./...; }

what_source() { echo "gofmt, go vet, staticcheck and shellcheck"; }
test_source() {
  test_format
  (cd tests/interop && go vet ./... && go build -o "$out/staticcheck" honnef.co/go/tools/cmd/staticcheck)
  "$out/staticcheck" ./...
  (cd tests/interop && "$out/staticcheck" ./...)
  local scripts
  mapfile -t scripts < <(shell_scripts)
  shellcheck -x "${scripts[@]}"
}

# Prints the names of the shell scripts in this tree: the files whose name ends in .sh or
# whose first line names a shell.
shell_scripts() {
  local file
  grep -rIlE --exclude-dir=.git --exclude-dir="$(basename "$out")" '^#!.*[/ ](ba)?sh( |$)|shellcheck shell=' . | while read -r file; do
    case $file in *.sh) echo "$file" ;; *) ! head -n 1 "$file" | grep -q '^#!' || echo "$file" ;; esac
  done | sort
}

what_go() { echo "the Go tests (phase cmake runs those for C and C++, phase browser those for the page)"; }
test_go() {
  local packages
  mapfile -t packages < <(go list ./... | grep -v -e /cpp_wrapper/ -e /tests/browser)
  CSMTP_BUILD_DIR=$out go test -timeout 20m "${packages[@]}"
}

what_race() { echo "package smtp, its subpackages and internal/mailer under Go's race detector"; }
test_race() { CSMTP_BUILD_DIR=$out go test -race -timeout 30m ./internal/mailer ./smtp/...; }

what_fuzzers() { echo "every fuzzer, for ${FUZZ_TIME:-10s} each"; }
test_fuzzers() { fuzz "${FUZZ_TIME:-10s}"; }

what_cmake() { echo "the CMake build, ctest with the C and C++ suites, installation, and use by another project"; }
prepare_cmake() { cpp_wrapper/test/libcxx.sh 19; }
test_cmake() {
  local dir=$out/cmake prefix="$out/installed here"
  rm -rf "$dir" "$prefix" "$out/consumer"
  quietly "$dir.log" cmake -S . -B "$dir" -DCMAKE_BUILD_TYPE=Release
  quietly "$dir.log" cmake --build "$dir"
  (cd "$dir" && ctest --output-on-failure)
  quietly "$dir.log" cmake --install "$dir" --prefix "$prefix"
  CXX=$cxx packaging/cmake/consumer/check.sh "$prefix" "$out/consumer"
}

what_manual() { echo "the manual of the headers, with Doxygen"; }
test_manual() { docs/make.sh "$out/docs"; }

what_coverage() { echo "the test coverage of package smtp and its subpackages"; }
test_coverage() {
  local packages
  mapfile -t packages < <(go list ./smtp/... | grep -v /smtptest)
  go test -timeout 20m -cover "${packages[@]}"
}

what_languages() { echo "the examples in every language, and the modules for Python, Node.js, PHP and Ruby"; }
test_languages() { CSMTP_LIBRARY_DIR=$out examples/check.sh; }

what_bindings() { echo "the packages for C#, Python, Node.js, Java, PHP, Ruby and Rust, installed with their package managers"; }
test_bindings() { CSMTP_BUILD_DIR=$out bindings/check.sh; }

what_browser() { echo "the page of csmtp-testserver, in headless Chromium"; }
test_browser() { go test -timeout 20m ./tests/browser; }

what_servers() {
  if [ "$(id -u)" = 0 ]; then
    echo "real servers: Postfix, Exim, Dovecot, Sendmail"
  else
    echo "only go-smtp, because the real servers need root"
  fi
}
prepare_servers() {
  [ "$(id -u)" = 0 ] || return 0
  local name
  for name in servers/dovecot servers/exim servers/postfix servers/sendmail dkimpy oauth; do
    quietly "$out/install.log" "tests/interop/$name/install.sh"
  done
}
test_servers() {
  (
    cd tests/interop || exit
    mapfile -t packages < <(go list ./... | grep -v /fleet)
    CSMTP_BUILD_DIR=$out go test -timeout 25m "${packages[@]}"
  )
}

what_fleet() {
  if [ "$(id -u)" = 0 ]; then
    echo "examples/outbox: 2,400 mails, while Postfix, workers, nats-server and PostgreSQL are killed"
  else
    echo "nothing, because Postfix needs root"
  fi
}
prepare_fleet() {
  [ "$(id -u)" = 0 ] || return 0
  local name
  for name in servers/postfix fleet; do
    quietly "$out/install.log" "tests/interop/$name/install.sh"
  done
}
test_fleet() {
  [ "$(id -u)" = 0 ] || return 0
  (cd tests/interop && CSMTP_BUILD_DIR=$out go test -count=1 -v -timeout 20m ./fleet)
}

what_package() { echo "the Debian packages and a .tar.gz"; }
test_package() { CSMTP_BUILD_DIR=$out packaging/package.sh; }

what_consumers() { echo "C and C++ projects with CMake, Meson, make, Conan and the port of vcpkg"; }
test_consumers() { CSMTP_BUILD_DIR=$out packaging/consumers.sh; }

what_dist() { echo "the files of a release for one system, built twice (./build.sh dist builds all)"; }
test_dist() { CSMTP_LONG_TESTS=1 CSMTP_BUILD_DIR=$out packaging/dist.sh linux-x64; }

what_windows() { echo "csmtp.dll for Windows, with MinGW"; }
test_windows() { CSMTP_BUILD_DIR=$out packaging/windows/build.sh; }

what_sanitizers() { echo "the C and C++ suites with ASan and UBSan, TSan, and a host program under valgrind"; }
prepare_sanitizers() { cpp_wrapper/test/libcxx.sh 19; }
test_sanitizers() { tests/sanitize.sh threads memory address; }

what_valgrind() { echo "the C and C++ suites under valgrind (only in ./build.sh sanitize)"; }
valgrind_packages() { sanitizers_packages; }
test_valgrind() { tests/sanitize.sh suites; }
