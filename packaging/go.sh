#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# go.sh [FOLDER]: makes an archive of the module for Go, with the packages that need no C, and
# prints its path. FOLDER is where the archive is put; the default is build/go.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/tools/common.sh"
. "$root/packaging/modules.sh"
out=$(realpath -m "${CSMTP_BUILD_DIR:-$root/build}")
folder=${1:-$out/go}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
name=csmtp-go-$(sed -n 's/^const Version = "\(.*\)"$/\1/p' "$root/csmtp.go")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022
mkdir "$work/$name"
cp "$root/go.mod" "$root/go.sum" "$root/LICENSE" "$work/$name"
# Package smtp also needs packages below internal.
mapfile -t internal < <(cd "$root" && go list -deps ./smtp/... | sed -n 's|^csmtp/\(internal/.*\)|\1|p')
(cd "$root" && find smtp "${internal[@]}" -type f ! -name '*_test.go' ! -path '*/testdata/*' -print0 | LC_ALL=C sort -z | xargs -0 cp --parents -t "$work/$name")
chmod -R u=rwX,go=rX "$work/$name"
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@${SOURCE_DATE_EPOCH:-$(source_date)}" -C "$work" -cf - "$name" | gzip -n -9 >"$folder/$name.tar.gz"
echo "$folder/$name.tar.gz"
