#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# make.sh DIR writes DIR/html and DIR/man/man3 from the headers' comments, by
# Doxygen, whose warnings are errors. `man -l DIR/man/man3/CSmtp_Send.3`.
set -euo pipefail
[ $# = 1 ] || { echo "usage: make.sh DIR" >&2; exit 2; }
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/.."
fail() { printf 'make.sh: %s\n' "$*" >&2; exit 1; }
command -v doxygen >/dev/null || fail "doxygen is missing: apt-get install doxygen"

rm -rf "$out/html" "$out/man"
CSMTP_VERSION=$(sed -n 's/^const Version = "\(.*\)"$/\1/p' csmtp.go) CSMTP_DOCS_DIR=$out \
  doxygen docs/Doxyfile >"$out/doxygen.log" 2>&1 || { cat "$out/doxygen.log"; fail "Doxygen is not content"; }
[ ! -s "$out/doxygen.log" ] || { cat "$out/doxygen.log"; fail "Doxygen is not content"; }
rm "$out/doxygen.log"

# Of the pages, those of the C contract and of the two classes, and one name
# for each function. A quote that begins a line would be a command to troff.
cd "$out/man/man3"
find . -type f ! -name 'CSmtp_*.3' ! -name CSmtp.3 ! -name ECSmtp.3 ! -name csmtp_c.h.3 -delete
sed -i "s/^'/\\\\\&'/" ./*.3
# Doxygen lets a function's page include another by its place below the
# manual's folder, which `man -l` does not know; a link needs no such place.
for page in ./*.3; do
  target=$(sed -n '1s/^\.so man3\///p' "$page")
  [ -z "$target" ] || ln -sf "$target" "$page"
done
while read -r name; do
  grep -q "$name (" csmtp_c.h.3 || fail "$name is not in the manual"
  [ -e "$name.3" ] || fail "$name has no page"
done <"$OLDPWD/packaging/functions.txt"
