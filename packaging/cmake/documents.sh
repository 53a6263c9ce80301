#!/bin/sh
# SPDX-License-Identifier: MIT
# documents.sh FOLDER: changes the Markdown documents below FOLDER, which were copied from the
# source tree. If a file was not copied, each link to it is replaced with the text of the link and
# the path of the file in the source tree.
set -eu
[ $# = 1 ] || { echo "usage: documents.sh FOLDER" >&2; exit 2; }
cd "$1"
find . -name '*.md' | while read -r page; do
  awk -v folder="$(dirname "$page")" '
    function exists(path) { return system("test -e \"" path "\"") == 0 }

    # Changes a path that is relative to the folder of the page to one that is relative to the
    # source tree.
    function resolved(path) {
      path = folder "/" path
      sub(/^\.\//, "", path)
      while (match(path, /[^\/]+\/\.\.\//)) path = substr(path, 1, RSTART - 1) substr(path, RSTART + RLENGTH)
      return path
    }

    /^ *(```|~~~)/ { fenced = !fenced }
    fenced { print; next }
    {
      line = $0
      done = ""
      while (match(line, /!?\[[^]]*\]\([^)]*\)/)) {
        link = substr(line, RSTART, RLENGTH)
        done = done substr(line, 1, RSTART - 1)
        line = substr(line, RSTART + RLENGTH)
        text = target = link
        sub(/^!?\[/, "", text)
        sub(/\]\(.*/, "", text)
        sub(/^[^(]*\]\(/, "", target)
        sub(/\)$/, "", target)
        before = done
        quotes = gsub(/`/, "", before) # odd within a code span
        path = target
        sub(/#.*/, "", path)
        if (quotes % 2 || target ~ /^[a-z]+:/ || path == "" || path !~ /^[-A-Za-z0-9_.\/]+$/ || exists(folder "/" path)) {
          done = done link
          continue
        }
        path = resolved(path)
        name = path
        sub(/.*\//, "", name)
        done = done (text == name || text == path || text == target ? path : text ", " path) " (in the source tree)"
      }
      print done line
    }' "$page" >"$page.new"
  cat "$page.new" >"$page"
  rm "$page.new"
done
