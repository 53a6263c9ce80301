#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs and builds the other clients, and runs the benchmarks; see README.md.
# Arguments are passed to the benchmark (-help lists them). BENCH_EARLIER is the folder of
# the libcsmtp.so of an earlier version, which is then measured too.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
lib=${CSMTP_BUILD_DIR:-$root/build}
mkdir -p "$lib"
lib=$(cd "$lib" && pwd)
out=${BENCH_DIR:-$lib/bench}
cc=${CC:-gcc}
cxx=${CXX:-g++}
flags=(-O2 -Wall -Wextra -Werror)
mkdir -p "$out"

say() { printf '== %s\n' "$*" >&2; }
fail() { printf 'bench: %s\n' "$*" >&2; exit 1; }

[ "$(uname -s)" = Linux ] || fail "the benchmark runs only on Linux"
[ -e "$lib/libcsmtp.so" ] || fail "$lib/libcsmtp.so is missing: run ./build.sh bench, which builds it"

packages() {
  local wanted=(postfix libcurl4-openssl-dev libesmtp-dev libpoco-dev libvmime-dev python3 util-linux g++)
  command -v node >/dev/null || wanted+=(nodejs)
  command -v npm >/dev/null || wanted+=(npm)
  local package missing=()
  for package in "${wanted[@]}"; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  say "installing ${missing[*]}"
  bash -c ". '$root/tests/interop/servers/apt.sh'; packages ${missing[*]}" >"$out/apt.log" 2>&1 ||
    { cat "$out/apt.log" >&2; fail "could not install ${missing[*]}"; }
}

nodemailer() {
  [ -d "$out/node/node_modules/nodemailer" ] && return
  say "installing nodemailer from npm"
  mkdir -p "$out/node"
  npm install --prefix "$out/node" --no-audit --no-fund --loglevel=error nodemailer@latest >"$out/npm.log" 2>&1 ||
    { cat "$out/npm.log" >&2; fail "npm could not install nodemailer"; }
}

# built TARGET SOURCE...: succeeds if TARGET is newer than its sources
built() {
  local target=$1 source
  shift
  [ -e "$target" ] || return 1
  for source in "$@"; do [ "$target" -nt "$source" ] || return 1; done
}

c() { # c PROGRAM FLAGS...: compiles a driver in C
  built "$out/$1" "$here/drivers/$1.c" "$here/drivers/options.h" "$lib/libcsmtp.so" && return
  "$cc" "${flags[@]}" -I"$root/include" "$here/drivers/$1.c" -o "$out/$1" "${@:2}"
}

cpp() { # cpp PROGRAM FLAGS...: compiles a driver in C++
  built "$out/$1" "$here/drivers/$1.cpp" "$here/drivers/options.h" && return
  "$cxx" "${flags[@]}" -std=c++11 "$here/drivers/$1.cpp" -o "$out/$1" "${@:2}"
}

# link NAME FLAGS...: links link.c with libraries; this program calls none of them
link() { "$cc" "${flags[@]}" "$here/drivers/link.c" -o "$out/link-$1" -Wl,--no-as-needed "${@:2}"; }

# The benchmark replaces this copy of the library before each run; see fresh.go.
mkdir -p "$out/library" "$out/earlier"
cp "$lib/libcsmtp.so.1" "$out/library/"
ours=(-L"$lib" -lcsmtp "-Wl,-rpath,$out/library" -pthread)

earlier() {
  rm -f "$out/csmtp-earlier"
  [ -n "${BENCH_EARLIER-}" ] || return 0
  cp "$BENCH_EARLIER/libcsmtp.so.1" "$out/earlier/"
  "$cc" "${flags[@]}" -DWITHOUT_POOL -I"$root/include" "$here/drivers/csmtp.c" -o "$out/csmtp-earlier" \
    -L"$BENCH_EARLIER" -lcsmtp "-Wl,-rpath,$out/earlier" -pthread
}

own() {
  c measure
  c csmtp "${ours[@]}"
  earlier
  c setter "${ours[@]}"
  c floor -pthread
  link nothing
  link csmtp "${ours[@]}"
  (cd "$root/tests/interop" && go build -o "$out/sink" ./bench/sink && go build -o "$out/gosmtp" ./bench/drivers/gosmtp &&
    go build -o "$out/runner" ./bench)
  cp "$here/drivers/smtplib_mails.py" "$out/"
}

rivals() {
  packages
  nodemailer
  say "building the drivers"
  c curl -lcurl -pthread
  c esmtp -lesmtp
  cpp poco -lPocoNetSSL -lPocoNet -lPocoCrypto -lPocoFoundation
  cpp vmime -lvmime
  link curl -lcurl
  cp "$here/drivers/nodemailer.js" "$out/node/"
}

own
# With BENCH_OWN=1, only the drivers that need no packages run: those for csmtp, go-mail
# and the standard libraries of Go and Python.
[ -n "${BENCH_OWN-}" ] || rivals
exec "$out/runner" -dir "$out" -library "$lib/libcsmtp.so" -here "$here" "$@"
