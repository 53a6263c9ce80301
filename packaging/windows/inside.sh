#!/bin/sh
# SPDX-License-Identifier: MIT
# inside.sh DIR COMMAND [ARG]...: runs a command in the root folder DIR, in the same
# working folder and environment.
root=$1
shift
# shellcheck disable=SC2016 # the inner shell expands it
exec chroot "$root" /bin/sh -c 'cd "$0" && exec "$@"' "$PWD" "$@"
