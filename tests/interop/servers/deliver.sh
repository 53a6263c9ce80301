#!/bin/sh
# SPDX-License-Identifier: MIT
# deliver.sh DIR SENDER RECIPIENT...: the mail on standard input becomes
# DIR/NAME.eml, its envelope, an address a line, DIR/NAME.env. SENDER may be
# "-" where the server only gives it in the environment (Exim).
set -eu
umask 022
dir=$1
sender=$2
shift 2
[ "$sender" != - ] || sender=${SENDER-}
name=$(mktemp -u "$(date +%s).XXXXXXXXXX")
cat > "$dir/$name.tmp"
printf '%s\n' "$sender" "$@" > "$dir/$name.env"
# Readers look for .eml, so it comes last and whole.
mv "$dir/$name.tmp" "$dir/$name.eml"
