#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# rust.sh [FOLDER]: makes the packages of the crates csmtp-sys and csmtp, and prints their
# paths. They do not contain the library: when the crates are compiled, CSMTP_LIB_DIR names its
# folder.
# FOLDER is where the packages are put; the default is build/rust.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/tools/common.sh"
out=$(realpath -m "${CSMTP_BUILD_DIR:-$root/build}")
folder=${1:-$out/rust}
mkdir -p "$folder"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022
cp -R "$root/bindings/rust" "$work/crates"
for crate in csmtp-sys csmtp; do cp "$root/LICENSE" "$work/crates/$crate"; done
# Before Rust 1.90, cargo can package csmtp only if it finds csmtp-sys in the registry.
(cd "$work/crates" && CARGO_TARGET_DIR=$work/target cargo package -p csmtp-sys -p csmtp --locked --no-verify --allow-dirty --quiet \
  --config "patch.crates-io.csmtp-sys.path=\"$work/crates/csmtp-sys\"")
for package in "$work"/target/package/*.crate; do
  cp "$package" "$folder"
  realpath "$folder/$(basename "$package")"
done
