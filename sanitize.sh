#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# sanitize.sh [threads|memory|suites|address]...: the longer checks of memory and
# threads, all of them by `./build.sh sanitize`. hostile/README.md has how long
# each takes and what it found.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$root"
. ./common.sh
work=$(mktemp -d)
export CSMTP_BUILD_DIR=$work/lib # with symbols
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT

address() {
  say "ASan and UBSan: the C and C++ suites, and every wrong argument"
  CI=true go test -count=1 -timeout 20m ./cpp_wrapper/test
  CI=true go test -count=1 -timeout 20m -run 'TestEveryFunction|TestWhatWasGiven' ./hostile
}

host() { # host OUTPUT FLAGS...: the program that valgrind and TSan watch
  local output=$1
  shift
  gcc -std=gnu99 -g -O1 -Iinclude hostile/hosts/threads.c -o "$output" "$@" \
    -pthread -L"$CSMTP_BUILD_DIR" -lcsmtp -Wl,-rpath,"$CSMTP_BUILD_DIR"
}

serve() {
  go build -o "$work/smtptestd" ./smtp/smtptest/smtptestd
  "$work/smtptestd" -dir "$work" -for 15m >"$work/session.txt" 2>&1 &
  server=$!
  for _ in $(seq 100); do [ -s "$work/ready" ] && break; sleep 0.1; done
  port=$(sed -n 's/^port=//p' "$work/ready")
}

threads() {
  say "TSan: eight threads, a handle each and one that all share"
  host "$work/tsan" -fsanitize=thread
  "$work/tsan" "$port" 8
}

# What Go compiled runs on stacks that valgrind does not know, and is taken for
# errors everywhere. The suppressions are for errors whose innermost frame is
# Go's: its names hold a dot, or are the runtime's assembly. The C of gate*.c
# and of the host is not suppressed.
suppressions() {
  local kind frame tool
  for kind in Cond Value{1,2,4,8,16,32} Addr{1,2,4,8,16,32}; do
    for frame in '*.*' '*body' crosscall2 'gcWriteBarrier*' '_rt0_*' gogo callRet setg_gcc 'gosave_*' \
      '_expand_key_*' 'expandAVX512_*' 'p256*' 'polyHash*'; do
      printf '{\n  go\n  Memcheck:%s\n  fun:%s\n}\n' "$kind" "$frame"
    done
  done
  # Of system calls that Go makes itself: valgrind's own names of all arguments.
  tool=$(ls /usr/libexec/valgrind/memcheck-*-linux /usr/lib/valgrind/memcheck-*-linux 2>/dev/null | grep -v x86- | head -n 1)
  for frame in $(grep -aoE '[a-z0-9_.]+\([a-zA-Z0-9_.>-]+\)' "$tool" | sort -u); do
    printf '{\n  go\n  Memcheck:Param\n  %s\n  fun:*.*\n}\n' "$frame"
  done
}

memory() {
  say "valgrind: one thread, then four"
  local threads
  host "$work/plain"
  suppressions >"$work/go.supp"
  for threads in 1 4; do
    valgrind --quiet --error-exitcode=9 --error-limit=no --suppressions="$work/go.supp" "$work/plain" "$port" "$threads"
  done
}

# The tests of cpp_wrapper/test and hostile that reach every function and method
# once, and callbacks and threads, with each program under valgrind: a compiler
# in the PATH's front leaves sanitizers out and puts a script in the program's
# place. The rest of those suites play the same calls to other servers, and run
# into their time limits here.
suites() {
  say "valgrind: every function of C, every method of C++, callbacks, every wrong argument"
  local name
  mkdir "$work/compilers"
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
PATH=$REAL_PATH "$(basename "$0")" "${arguments[@]}"
[ -n "$program" ] && [ -n "$output" ] && [ -x "$output" ] || exit 0
mv "$output" "$output.plain"
printf '#!/bin/sh\nexec valgrind %s "%s" "$@"\n' "$VALGRIND" "$output.plain" >"$output"
chmod +x "$output"
EOF
    chmod +x "$work/compilers/$name"
  done
  suppressions >"$work/go.supp"
  export REAL_PATH=$PATH VALGRIND="--quiet --error-exitcode=99 --error-limit=no --suppressions=$work/go.supp"
  PATH=$work/compilers:$PATH CI=true go test -count=1 -timeout 30m \
    -run '^(TestEveryFunctionWithNothing|TestEveryMethod|TestCallbacks|TestThreads)$' ./cpp_wrapper/test
  PATH=$work/compilers:$PATH CI=true go test -count=1 -timeout 30m \
    -run '^(TestEveryFunctionWithEveryArgument|TestWhatWasGivenIsCopied)$/^(plain)?$' ./hostile
}

chosen=("$@")
[ $# -gt 0 ] || chosen=(threads memory suites address)
# Without clones, whose names would hold a dot: refuse.part.0.
CGO_CFLAGS='-g -O1' CSMTP_STRIP=-w ./build.sh lib
serve
for stage in "${chosen[@]}"; do
  case $stage in
  threads | memory | suites | address)
    before=$SECONDS
    "$stage"
    say "$stage: nothing found in $((SECONDS - before)) s"
    ;;
  *) echo "sanitize.sh: there is no $stage" >&2; exit 2 ;;
  esac
done
