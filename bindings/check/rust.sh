# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Checks the crates. ../check.sh sources this file.
: "${root:?}" "${out:?}" "${work:?}" "${library:?}" "${platform:?}"

# Prints a Cargo.toml with the given dependencies and the unpacked package csmtp-sys.
rust_project() { # rust_project DEPENDENCIES...
  printf '[package]\nname = "empty"\nedition = "2024"\n\n[dependencies]\n'
  printf '%s\n' "$@"
  printf '\n[patch.crates-io]\ncsmtp-sys = { path = "../csmtp-sys-%s" }\n' "$version"
}

check_rust() {
  local folder version package page block n=0
  folder=$(dirname "$library")
  version=$(sed -n 's/^const Version = "\(.*\)"$/\1/p' "$root/csmtp.go")
  mkdir -p "$work/rust/empty/src"
  while read -r package; do
    size "$package"
    tar -xzf "$package" -C "$work/rust"
  done < <("$root/packaging/rust.sh" "$work/rust")
  rust_project "csmtp = { path = \"../csmtp-$version\" }" >"$work/rust/empty/Cargo.toml"
  program Rust rust >"$work/rust/empty/src/main.rs"
  # Add the code blocks of docs/install.md and docs/rust.md as modules, so that cargo compiles them.
  for page in install rust; do
    while IFS= read -r -d '' block; do
      n=$((n + 1))
      printf '%s' "$block" >"$work/rust/empty/src/block$n.rs"
      echo "mod block$n;"
    done < <(awk '/^```rust$/ { inside = 1; next } /^```$/ { if (inside) printf "%c", 0; inside = 0 } inside { print }' "$root/docs/$page.md")
  done >"$work/rust/modules"
  (echo '#![allow(dead_code)]' && cat "$work/rust/modules") >"$work/rust/empty/src/lib.rs"
  export CARGO_TARGET_DIR=$work/rust/target
  (cd "$work/rust/empty" && RUSTFLAGS="-D warnings" CSMTP_LIB_DIR=$folder cargo build --quiet)
  start_server "$(testserver_beside "$(realpath "$library")")"
  LD_LIBRARY_PATH=$folder CSMTP_CONFIG=$work/config "$CARGO_TARGET_DIR/debug/empty"
  received

  # A program linked with the rpath $ORIGIN must find the library in its own folder.
  # shellcheck disable=SC2016 # the loader expands ORIGIN
  (cd "$work/rust/empty" && RUSTFLAGS='-C link-arg=-Wl,-rpath,$ORIGIN' CSMTP_LIB_DIR=$folder CARGO_TARGET_DIR=$work/rust/beside cargo build --quiet)
  cp "$work/rust/beside/debug/empty" "$work/rust/program"
  cp "$(realpath "$library")" "$work/rust/libcsmtp.so.1"
  start_server "$(testserver_beside "$(realpath "$library")")"
  CSMTP_CONFIG=$work/config "$work/rust/program"
  received

  # The build must also find the library with pkg-config, and find it again if the library has moved
  # to a folder whose name contains spaces.
  local place other=$work/rust/other
  mkdir "$work/rust/a folder"
  ln -s "$(realpath "$library")" "$work/rust/a folder/libcsmtp.so"
  for place in "$folder" "$work/rust/a folder"; do
    n=$((n + 1))
    mkdir "$work/rust/pc$n"
    # shellcheck disable=SC2016 # pkg-config expands libdir
    printf 'Name: csmtp\nDescription: csmtp\nVersion: %s\nlibdir=%s\nLibs: -L"${libdir}" -lcsmtp\n' "$version" "$place" >"$work/rust/pc$n/csmtp.pc"
    (cd "$work/rust/empty" && PKG_CONFIG_LIBDIR=$work/rust/pc$n CARGO_TARGET_DIR=$other cargo build --quiet)
  done
  # If the library is missing, the message must say which variable to set.
  (cd "$work/rust/empty" && PKG_CONFIG_LIBDIR=/nowhere CARGO_TARGET_DIR=$other cargo build) >"$work/rust/missing" 2>&1 || true
  grep -q 'warning:.*set CSMTP_LIB_DIR' "$work/rust/missing" || { cat "$work/rust/missing"; fail "cargo does not say that CSMTP_LIB_DIR is missing"; }

  # Check the version of the package, run the tests, and build the documentation.
  cp -R "$root/bindings/rust" "$work/rust/crates"
  grep -q "^version = \"$version\"$" "$work/rust/crates/Cargo.toml" || fail "bindings/rust/Cargo.toml has another version than csmtp.go"
  (cd "$work/rust/crates" && export CSMTP_LIB_DIR=$folder LD_LIBRARY_PATH=$folder &&
    CSMTP_TESTSERVER=$(testserver_beside "$(realpath "$library")") RUSTFLAGS="-D warnings" cargo test --quiet --locked --all-features &&
    RUSTDOCFLAGS="-D warnings" cargo doc --quiet --locked --no-deps --all-features)
}
