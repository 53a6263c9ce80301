#!/bin/sh
# SPDX-License-Identifier: MIT
# inside.sh DIR COMMAND [ARG]...: runs a command with DIR as its root folder. The command
# has the working folder and the environment of this script.
root=$1
shift
# shellcheck disable=SC2016 # the inner shell expands it
exec chroot "$root" /bin/sh -c 'cd "$0" && exec "$@"' "$PWD" "$@"
