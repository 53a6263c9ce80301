#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# make.sh DIR runs Doxygen on the headers and writes DIR/html and DIR/man/man3. A
# warning of Doxygen is an error. `man -l DIR/man/man3/CSmtp_Send.3` shows a page.
set -euo pipefail
[ $# = 1 ] || { echo "usage: make.sh DIR" >&2; exit 2; }
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/.."
fail() { printf 'make.sh: %s\n' "$*" >&2; exit 1; }
command -v doxygen >/dev/null || fail "doxygen is missing: apt-get install doxygen"

rm -rf "$out/html" "$out/man"
CSMTP_VERSION=$(sed -n 's/^const Version = "\(.*\)"$/\1/p' csmtp.go) CSMTP_DOCS_DIR=$out \
  doxygen docs/Doxyfile >"$out/doxygen.log" 2>&1 || { cat "$out/doxygen.log"; fail "Doxygen found errors in the comments"; }
[ ! -s "$out/doxygen.log" ] || { cat "$out/doxygen.log"; fail "Doxygen found errors in the comments"; }
rm "$out/doxygen.log"

# Keep only the pages of the C header, of its groups and of the two classes, and a page
# for each function. Correct lines that begin with a quote, which troff takes for
# requests, and backslashes in examples, which it takes for escapes.
cd "$out/man/man3"
find . -type f ! -name 'CSmtp_*.3' ! -name CSmtp.3 ! -name ECSmtp.3 ! -name 'csmtp_*.3' -delete
rm -f csmtp_core.h.3 csmtp_extensions.h.3
sed -i -e "s/^'/\\\\\&'/" -e 's/\([^\\]\)\\n\(["A-Z]\)/\1\\en\2/g' ./*.3
# Make the page of a function a link to that of its group. Doxygen writes another path,
# relative to the manual's folder, which `man -l` does not find.
for page in ./*.3; do
  target=$(sed -n '1s/^\.so man3\///p' "$page")
  [ -z "$target" ] || ln -sf "$target" "$page"
done
while read -r name; do
  [ -e "$name.3" ] || fail "$name has no page"
  grep -q "$name (" "$name.3" || fail "$name is not on its page"
done <"$OLDPWD/packaging/functions.txt"
