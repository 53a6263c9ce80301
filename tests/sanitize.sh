#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# sanitize.sh [threads|memory|suites|address]...: runs the longer checks of memory and
# threads. `./build.sh sanitize` runs all of them. tests/hostile/README.md says how long
# each check takes and what it has found.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
. ./tools/common.sh
work=$(mktemp -d)
export CSMTP_BUILD_DIR=$work/lib # the library with symbols
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

# The tests that this script skips: they only compile programs, or run programs that do not call
# the library. ctest runs these tests.
compile_only='TestSampleCompiles.*|Test.*InEveryDialect|Test.*InEveryKit|TestContractAsC99|TestVisualC.*|TestClangCL|TestWindows|TestLibcxx|TestNamesOfThePrograms|TestIncludedHeaders|TestUnitsWithDifferentMacros|TestNoMacroChangesAFunction|TestExamplesOfTheManual'

address() {
  say "ASan and UBSan: the C and C++ suites, and every wrong argument"
  CI=true go test -count=1 -timeout 40m -skip "^($compile_only)\$" ./cpp_wrapper/test
  CI=true go test -count=1 -timeout 40m -run 'TestEveryFunction|TestArgumentsAreCopied' ./tests/hostile
}

host() { # host OUTPUT FLAGS...: compiles the program that runs under valgrind and TSan
  local output=$1
  shift
  gcc -std=gnu99 -g -O1 -Iinclude tests/hostile/hosts/threads.c -o "$output" "$@" \
    -pthread -L"$CSMTP_BUILD_DIR" -lcsmtp -Wl,-rpath,"$CSMTP_BUILD_DIR"
}

serve() {
  go build -o "$work/csmtp-testserver" ./tools/csmtp-testserver
  "$work/csmtp-testserver" --dir "$work" --for 2h >"$work/session.txt" 2>&1 &
  server=$!
  for _ in $(seq 100); do [ -s "$work/ready" ] && break; sleep 0.1; done
  port=$(sed -n 's/^port=//p' "$work/ready")
}

# compilers FOLDER FLAG...: writes wrappers for gcc and g++ that add the flags. The
# wrappers come first in the PATH of the tests.
compilers() {
  local folder=$1 name
  shift
  mkdir -p "$folder"
  for name in gcc g++; do
    printf '#!/bin/sh\nPATH=%q exec %s "$@" %s\n' "$PATH" "$name" "$*" >"$folder/$name"
    chmod +x "$folder/$name"
  done
}

# Before they test the library, TSan and valgrind must find deliberate mistakes.
must_find() { # must_find WORDS COMMAND...: the command must fail and print WORDS
  local words=$1
  shift
  if "$@" >"$work/found.txt" 2>&1 || ! grep -q "$words" "$work/found.txt"; then
    cat "$work/found.txt"
    fail "\"$words\" was not reported by $*"
  fi
}

faulty() { gcc -g -O0 -pthread tests/hostile/hosts/faulty.c -o "$work/faulty" "$@"; }

threads() {
  say "TSan: threads, callbacks, exceptions, handles freed while busy"
  faulty -fsanitize=thread
  must_find "data race" "$work/faulty" race
  host "$work/tsan" -fsanitize=thread
  "$work/tsan" "$port" 8
  compilers "$work/tsan-compilers" -fsanitize=thread
  PATH=$work/tsan-compilers:$PATH CI=true go test -count=1 -timeout 20m \
    -run '^(TestThreads|TestCallbacks|TestExceptionThatLeavesACallback|TestFreeWhileBusy)$/^(threads|calls|frees)?$/^(own|stacks-64k|stacks-16k|shared|short-lives|cancel|cancel-async|handles|destructors|no-keys|all-first|busy|nested|async|longjmp|one|sixteen|by-another)$' ./tests/embed
}

# Go's code runs on stacks that valgrind does not know, so valgrind reports false errors
# in Go's code. The suppressions cover errors whose innermost stack frame belongs to Go: a
# function with a dot in its name, or one that the linker placed in Go's text section.
# Errors in C code must not be suppressed, so the names of C functions must not contain dots.
# (If gcc clones a function, the name of the clone contains a dot.)
suppressions() {
  local kind frame tool first last clones names=$work/go.txt symbols=$work/symbols.txt
  nm "$CSMTP_BUILD_DIR/libcsmtp.so" | awk '$2 ~ /[tTwW]/ && NF == 3' >"$symbols" # all addresses have the same width
  first=$(awk '$3 == "runtime.text" { print $1 }' "$symbols")
  last=$(awk '$3 == "runtime.etext" { print $1 }' "$symbols")
  clones=$(awk -v f="$first" -v l="$last" '($1 "" < f "" || $1 "" >= l "") && $3 ~ /[.]/ && $3 != "runtime.etext" { print $3 }' "$symbols")
  [ -z "$clones" ] || fail "the suppressions would hide these C functions, which have a dot in their names: $clones"
  {
    echo '*.*'
    awk -v f="$first" -v l="$last" '$1 "" >= f "" && $1 "" < l "" && $3 !~ /[.]/ { sub(/^_cgoexp_.*/, "_cgoexp_*", $3); print $3 }' "$symbols" | sort -u
  } >"$names"
  grep -q '^crosscall2$' "$names" || fail "crosscall2 was not found among Go's functions of libcsmtp.so"
  for kind in Cond Value{1,2,4,8,16,32} Addr{1,2,4,8,16,32}; do
    while read -r frame; do
      printf '{\n  go\n  Memcheck:%s\n  fun:%s\n}\n' "$kind" "$frame"
    done <"$names"
  done
  # Go makes system calls directly, and not through libc. Suppress memcheck's reports about
  # the arguments of these calls. A report contains a text about the argument; all such texts
  # are read from memcheck's binary.
  tool=$(find /usr/libexec/valgrind /usr/lib/valgrind -name 'memcheck-*-linux' ! -name '*-x86-*' 2>/dev/null | head -n 1) || true
  [ -n "$tool" ] || fail "valgrind's memcheck was found neither in /usr/libexec nor in /usr/lib"
  while read -r frame; do
    printf '{\n  go\n  Memcheck:Param\n  %s\n  fun:*.*\n}\n' "$frame"
  done < <(grep -aoE '[a-z0-9_.]+\([a-zA-Z0-9_.>%-]+\)' "$tool" | awk 'BEGIN { n = split("sa_family sin_port sin_addr sin6_port sin6_flowinfo sin6_addr sin6_scope_id sun_path", field) }
    { for (i = 1; i <= (/%s/ ? n : 1); i++) { line = $0; sub(/%s/, field[i], line); print line } }' | sort -u)
}

# --max-stackframe: Go's stacks are close together, so a change of the stack pointer by
# more than 16 KiB is a switch to another stack, and not a large frame.
# --partial-loads-ok=no: otherwise, memory that Go copies in pieces of 32 octets counts as
# undefined when the host reads it.
under_valgrind() {
  suppressions >"$work/go.supp"
  valgrind=(valgrind --quiet --vgdb=no --error-exitcode=99 --error-limit=no --max-stackframe=16384
    --partial-loads-ok=no "--suppressions=$work/go.supp")
  faulty
  must_find "depends on uninitialised" "${valgrind[@]}" "$work/faulty" undefined
  must_find "Invalid read" "${valgrind[@]}" "$work/faulty" freed
}

memory() {
  say "valgrind: one thread, then four"
  local threads
  under_valgrind
  host "$work/plain"
  for threads in 1 4; do
    "${valgrind[@]}" "$work/plain" "$port" "$threads"
  done
}

# Runs the programs of cpp_wrapper/test and of the hostile suite under valgrind: a
# compiler wrapper, which comes first in PATH, removes the sanitizers' flags and replaces
# the program with a script that starts it under valgrind. Tests that only compile
# programs are skipped. TestTranscripts is skipped because it runs programs more than a thousand
# times, which takes too long under valgrind, TestHugeAttachment because the peak memory of the
# program then includes valgrind's, and TestLifetimes because it reads log texts in Go's memory,
# which valgrind considers undefined. The stage "address" runs these three tests.
suites() {
  say "valgrind: the C and C++ suites, and every wrong argument"
  local name
  under_valgrind
  mkdir -p "$work/compilers"
  for name in gcc g++; do
    cat >"$work/compilers/$name" <<'EOF'
#!/usr/bin/env bash
set -euo pipefail
arguments=() output= program=1
while [ $# -gt 0 ]; do
  case $1 in
  -fsanitize* | -fno-sanitize*) ;;
  -c | -shared | -fsyntax-only | -E) program=; arguments+=("$1") ;;
  -o) output=$2; arguments+=("$1" "$2"); shift ;;
  *) arguments+=("$1") ;;
  esac
  shift
done
# At -O1, gcc creates no clones of C functions, such as refuse.part.0. The suppressions would
# hide errors in clones, because the names of clones contain a dot.
PATH=$REAL_PATH "$(basename "$0")" "${arguments[@]}" -O1
[ -n "$program" ] && [ -n "$output" ] && [ -x "$output" ] || exit 0
mv "$output" "$output.plain"
printf '#!/bin/sh\nexec %s "%s" "$@"\n' "$VALGRIND" "$output.plain" >"$output"
chmod +x "$output"
EOF
    chmod +x "$work/compilers/$name"
  done
  export REAL_PATH=$PATH VALGRIND="${valgrind[*]}"
  PATH=$work/compilers:$PATH CI=true CSMTP_SLOWER=10 go test -count=1 -timeout 50m \
    -skip "^(TestHugeAttachment|TestTranscripts|TestLifetimes|$compile_only)\$" ./cpp_wrapper/test
  PATH=$work/compilers:$PATH CI=true CSMTP_SLOWER=10 go test -count=1 -timeout 30m \
    -run '^(TestEveryFunctionWithEveryArgument|TestArgumentsAreCopied)$/^(plain)?$' ./tests/hostile
}

chosen=("$@")
[ $# -gt 0 ] || chosen=(threads memory suites address)
# At -O1, gcc creates no clones of C functions, such as refuse.part.0. The suppressions would
# hide errors in clones, because the names of clones contain a dot.
CSMTP_CFLAGS=-O1 CSMTP_STRIP=-w ./build.sh lib
serve
for stage in "${chosen[@]}"; do
  case $stage in
  threads | memory | suites | address)
    before=$SECONDS
    "$stage"
    say "$stage: nothing found in $((SECONDS - before)) s"
    ;;
  *) echo "sanitize.sh: unknown stage $stage: use threads, memory, suites or address" >&2; exit 2 ;;
  esac
done
