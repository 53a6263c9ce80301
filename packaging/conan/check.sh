#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check.sh: builds the recipe's package with Conan, and a program with the package.
# Installs Conan from PyPI in a virtual environment, unless CSMTP_CONAN names one.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'chmod -R u+w "$work" && rm -rf "$work"' EXIT
conan=${CSMTP_CONAN:-}
if [ -z "$conan" ]; then
  python3 -m venv "$work/python"
  "$work/python/bin/pip" -q install 'conan>=2,<3'
  conan=$work/python/bin/conan
fi
export CONAN_HOME=$work/home
"$conan" profile detect >/dev/null 2>&1
# Conan must not download anything.
"$conan" remote disable '*' >/dev/null 2>&1 || true
"$conan" create "$here" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
"$conan" list 'csmtp/*:*' --format=compact 2>/dev/null | grep -E 'csmtp/' || true
echo "conan create built the package, and a program that uses it ran"
