#!/bin/sh
# SPDX-License-Identifier: MIT
# deliver.sh DIR SENDER RECIPIENT...: stores the mail on standard input as DIR/NAME.eml,
# and its envelope as DIR/NAME.env, one address per line. If SENDER is "-", the sender is
# taken from the environment variable that Exim sets.
set -eu
umask 022
dir=$1
sender=$2
shift 2
[ "$sender" != - ] || sender=${SENDER-}
name=$(mktemp -u "$(date +%s).XXXXXXXXXX")
cat > "$dir/$name.tmp"
printf '%s\n' "$sender" "$@" > "$dir/$name.env"
# Tests look for .eml files, so this file is renamed to its final name only when it is
# complete.
mv "$dir/$name.tmp" "$dir/$name.eml"
