#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds and tests csmtp. `./build.sh help` lists the commands.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$root"
. ./tools/common.sh
out=${CSMTP_BUILD_DIR:-$root/build}
cxx=${CXX:-g++}
cc=${CC:-gcc}
soname=libcsmtp.so.1

help() {
  cat <<'HELP'
./build.sh            builds the library, the programs and the examples in build/
./build.sh lib        builds only the library
./build.sh examples   also builds the examples in C and C++, csmtp-doctor, csmtp-login, csmtp-send
                      and csmtp-testserver
./build.sh login      builds only csmtp-login
./build.sh testserver   builds only csmtp-testserver
./build.sh demo       sends the sample program's mail to a local test server
./build.sh test       runs every test except the heavy suites; as root, installs missing Debian
                      packages, otherwise lists them and stops
./build.sh test all   also runs the heavy suites: race detector, fuzzers, every language,
                      a browser, real servers, examples/outbox, packages, the DLL for
                      Windows, sanitizers
./build.sh test PHASE...   runs only these phases; `test` prints their names
./build.sh unit       runs the tests that need only Go and a C++ compiler
./build.sh fuzz [T]   runs every fuzz target for T each (default 10m)
./build.sh sanitize   runs the suites with ASan, UBSan, TSan and valgrind (about half an hour)
./build.sh install [PREFIX]   installs with CMake (default /usr/local)
./build.sh docs       makes HTML and man pages from the headers with Doxygen
./build.sh package [check|chroot|TARGET|test [TARGET]]   makes .deb packages and a .tar.gz, or
                      .deb packages of what dist has built for TARGET (see packaging/README.md)
./build.sh dist [TARGET...]   builds the files of a release: the library and the programs for
                      glibc 2.17, musl and Windows (see docs/install.md)
./build.sh windows    builds csmtp.dll with MinGW; `windows test` runs the suites under Wine
./build.sh msvc       compiles the headers with clang-cl and the Visual C++ headers in
                      CSMTP_MSVC_INCLUDE
./build.sh cross arm64   builds libcsmtp.so for arm64 (or armhf); `cross arm64 test` also runs
                      tests under qemu
./build.sh bench [-quick]   compares the speed with other mail clients (see
                      tests/interop/bench/README.md)
./build.sh clean      removes build/
The environment variables CSMTP_BUILD_DIR, CC and CXX apply to all commands. CSMTP_TAGS (build
tags, separated by commas) and CSMTP_CFLAGS apply to the library. GOFLAGS has no effect on it.
HELP
}

version() { sed -n 's/^const Version = "\(.*\)"$/\1/p' csmtp.go; }

# Builds libcsmtp.so. Uses a temporary folder, because Go writes a header, which is not needed,
# to the same folder as the library.
lib() {
  local v work
  v=$(version)
  mkdir -p "$out"
  work=$(mktemp -d "$out/lib.XXXXXX")
  go_build -buildmode=c-shared -o "$work/lib.so" \
    -ldflags "${CSMTP_STRIP--s -w} -buildid= -extldflags \"$(link_flags)\"" .
  chmod 755 "$work/lib.so"
  mv "$work/lib.so" "$out/libcsmtp.so.$v"
  rm -rf "$work"
  ln -sf "libcsmtp.so.$v" "$out/$soname"
  ln -sf "$soname" "$out/libcsmtp.so"
}

# Prints the flags for the linker. lazystart.ld keeps Go from starting when the library
# is loaded.
link_flags() {
  printf "%s " "'-Wl,-T,$root/internal/gate/lazystart.ld'" "'-Wl,--version-script=$root/internal/gate/exports.map'" \
    "-Wl,--wrap=pthread_create" "-Wl,-soname,$soname" "-Wl,-z,relro,-z,now,-z,noexecstack,-z,defs" "-Wl,--build-id=none"
}

# Prints the size of the library, and the libraries and glibc version that it needs.
report_size() {
  local file
  file=$out/libcsmtp.so.$(version)
  say "the library: $(stat -c %s "$file") octets$([ "${CSMTP_STRIP-x}" ] && echo ", stripped")"
  printf 'needs %s\n' "$(readelf -d "$file" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | paste -sd' ')" \
    "$(readelf -W --dyn-syms "$file" | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1) or newer"
}

# Prints what `./build.sh` has built.
report_build() {
  say "$out contains libcsmtp.so, csmtp-send, csmtp-doctor, csmtp-login, csmtp-testserver and examples/"
}

compile() { # compile COMPILER OUTPUT SOURCE FLAGS...
  local compiler=$1 output=$2 source=$3
  shift 3
  # The program looks for the library in a folder whose path is relative to the program's folder, so
  # both can be moved together.
  "$compiler" -O2 -Wall -Wextra -Werror "${hardening[@]}" -I"$root/include" -I"$root/cpp_wrapper" "$@" \
    "$source" -o "$output" -L"$out" -lcsmtp "-Wl,-rpath,\$ORIGIN$([ "$(dirname "$output")" = "$out" ] || echo /..)"
}

examples() {
  mkdir -p "$out/examples"
  compile "$cc" "$out/examples/send-c" examples/c/send.c -std=c99
  compile "$cxx" "$out/examples/send-cpp" examples/cpp/send.cpp -std=c++11
  compile "$cxx" "$out/examples/metrics-cpp" examples/cpp/metrics.cpp -std=c++11 -pthread
  programs
}

# Builds csmtp-login or csmtp-testserver, which are written in Go and linked statically.
go_program() { # go_program NAME OUTPUT
  CSMTP_CGO=0 go_build -ldflags "-s -w -buildid=" -o "$2" "./tools/csmtp-$1"
}

# Builds csmtp-doctor, csmtp-login, csmtp-send and csmtp-testserver.
programs() {
  local name sources
  for name in doctor send; do
    sources=(tools/*.cpp "tools/$name"/*.cpp)
    compile "$cxx" "$out/csmtp-$name" "${sources[0]}" -std=c++11 "${sources[@]:1}" -pthread
  done
  for name in login testserver; do
    go_program "$name" "$out/csmtp-$name"
  done
}

# Runs the sample program from the article that introduced class CSmtp, against a test server
# whose certificate is signed by a temporary authority. Only the server, the port, the
# security type, the CA, the login and the password of the program are changed.
demo() ( # a subshell, so that its trap ends the server
  local dir=$out/demo server
  rm -rf "$dir"
  mkdir -p "$dir"
  go_program testserver "$dir/csmtp-testserver"
  "$dir/csmtp-testserver" --dir "$dir" --user 'login@example.com:s3cret pass' --show --for 60s >"$dir/session.txt" 2>&1 &
  server=$!
  trap 'kill "$server" 2>/dev/null || true' EXIT
  wait_for "$dir/ready" "$server" "$dir/session.txt"
  local kind
  for kind in STARTTLS SSL; do
    say "the sample program with $kind"
    demo_sample "$dir" "$kind"
  done
  kill "$server"
  wait "$server" || true
  say "the dialogue on the server (secrets masked), and the mail received"
  cat "$dir/session.txt"
)

demo_sample() {
  local dir=$1 kind=$2 port security
  case $kind in
  STARTTLS) port=$(ready "$dir" port) security=USE_TLS ;;
  SSL) port=$(ready "$dir" tls_port) security=USE_SSL ;;
  esac
  compile "$cxx" "$dir/sample-$kind" examples/cpp/sample.cpp -std=c++11 -Dtest_own_server \
    -DOWN_SERVER='"localhost"' -DOWN_PORT="$port" -DOWN_SECURITY="$security" \
    -DOWN_LOGIN='"login@example.com"' -DOWN_PASSWORD='"s3cret pass"' -DOWN_CA_FILE="\"$dir/ca.pem\""
  (cd "$dir" && "./sample-$kind")
}

ready() { sed -n "s/^$2=//p" "$1/ready"; }

wait_for() { # wait_for FILE PID LOG
  for _ in $(seq 200); do
    [ -s "$1" ] && return
    kill -0 "$2" 2>/dev/null || break
    sleep 0.1
  done
  cat "$3" >&2
  fail "the server did not start"
}

fuzz() { # fuzz TIME: runs every target
  local file target
  grep -rnoE --include='*_test.go' --exclude-dir=build '^func Fuzz[A-Za-z0-9_]+' . | sed 's/:.*func /:/' | sort | while IFS=: read -r file target; do
    say "$file $target for $1"
    fuzz_one "$1" "$(dirname "$file")" "$target" </dev/null
  done
}

# On a busy machine, a fuzzer can fail with "context deadline exceeded" at the end of
# its time, although it has found nothing (golang/go#48591).
fuzz_one() { # fuzz_one TIME PACKAGE TARGET
  local log=$out/fuzz.log
  mkdir -p "$out"
  if ! go test -run '^$' -fuzz "^$3\$" -fuzztime "$1" -fuzzminimizetime 10x "$2" >"$log" 2>&1; then
    if grep -q 'Failing input' "$log" || ! grep -q 'context deadline exceeded' "$log"; then
      cat "$log"
      fail "$3 found a failure"
    fi
  fi
  tail -n 1 <(grep '^fuzz: ' "$log") # with a large corpus, this can be a line about the baseline coverage
}

install_lib() {
  cmake -S . -B "$out/cmake" -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="${1:-/usr/local}"
  cmake --build "$out/cmake"
  cmake --install "$out/cmake"
}

# test_command [all|PHASE...]
test_command() {
  . ./tools/tests.sh
  case ${1:-} in
  '')
    say "every test except the heavy suites; usually 15 minutes on two idle cores the first time, 8 later"
    run_phases test "${test_phases[@]}"
    ;;
  all)
    say "every test, then the heavy suites; usually 40 minutes on two idle cores the first time, 25 later"
    run_phases "test all" "${test_phases[@]}" "${heavy_phases[@]}"
    ;;
  *)
    local phase
    for phase in "$@"; do
      has "test_$phase" || fail "unknown phase $phase; the phases are: ${test_phases[*]} ${heavy_phases[*]}"
    done
    say "some phases of the tests: $*"
    [ -e "$out/libcsmtp.so" ] || [ "$1" = library ] || set -- library "$@"
    run_phases "test $*" "$@"
    ;;
  esac
}

demo_command() {
  . ./tools/tests.sh
  say "builds the library and sends the sample program's mail; usually takes 1 minute the first time, and 10 s after that"
  run_phases demo "${demo_phases[@]}"
}

fuzz_command() { # fuzz_command [TIME]
  . ./tools/tests.sh
  export FUZZ_TIME=${1:-10m}
  say "every fuzz target for $FUZZ_TIME; there are about twenty"
  run_phases "fuzz $FUZZ_TIME" fuzzers
}

unit() {
  . ./tools/tests.sh
  say "the tests that need only Go and a C++ compiler; usually takes 10 minutes on two idle cores the first time, and 5 minutes after that"
  run_phases unit "${unit_phases[@]}"
}

case ${1:-all} in
help | -h | --help | clean) ;;
test | unit) ;; # these name all missing packages at once
*) need_compilers ;;
esac
case ${1:-all} in
all) lib; examples; report_build ;;
lib) lib ;;
examples) lib; examples ;;
login | testserver) mkdir -p "$out"; go_program "$1" "$out/csmtp-$1" ;;
demo) demo_command ;;
test) shift; test_command "$@" ;;
unit) unit ;;
sanitize) . ./tools/tests.sh; say "usually half an hour on two idle cores"; run_phases sanitize "${sanitize_phases[@]}" ;;
fuzz) shift; fuzz_command "$@" ;;
install) shift; install_lib "$@" ;;
docs) docs/make.sh "$out/docs" ;;
package) shift; CSMTP_BUILD_DIR=$out packaging/package.sh "$@" ;;
dist) shift; CSMTP_BUILD_DIR=$out packaging/dist.sh "$@" ;;
cross) shift; CSMTP_BUILD_DIR=$out packaging/cross.sh "$@" ;;
windows) shift; CSMTP_BUILD_DIR=$out packaging/windows/build.sh "$@" ;;
msvc) packaging/windows/msvc.sh ;;
bench) shift; lib; CSMTP_BUILD_DIR=$out tests/interop/bench/run.sh "$@" ;;
clean) rm -rf "$out" ;;
help | -h | --help) help ;;
*) help >&2; exit 2 ;;
esac
