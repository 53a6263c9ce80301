#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check.sh [LANGUAGE...] makes the package of each language, installs it with the language's
# own package manager into an empty project, and sends the mail of docs/install.md with it to
# csmtp-testserver. It also checks the types of the packages.
#
# It uses the library and the programs of `./build.sh dist linux-x64` if they are there, and
# otherwise those in CSMTP_BUILD_DIR (default build). It downloads pinned versions of the
# tools that are not installed: hatchling, mypy and auditwheel from PyPI, koffi, TypeScript and
# the types of Node.js from npm, and the crate log from crates.io.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/tools/common.sh"
. "$root/packaging/modules.sh"
out=$(realpath -m "${CSMTP_BUILD_DIR:-$root/build}")
export CSMTP_BUILD_DIR=$out
library=$out/dist/linux-x64/lib/libcsmtp.so platform=linux-x64
[ -e "$library" ] || library=$out/libcsmtp.so platform=native
[ -e "$library" ] || fail "there is no library in $out: run ./build.sh"
# The packages must not find what is installed elsewhere.
unset CSMTP_LIBRARY CSMTP_TESTSERVER CSMTP_CONFIG LD_LIBRARY_PATH PYTHONPATH NODE_PATH
mkdir -p "$out"
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

# Prints the first code block of a language in a section of docs/install.md.
program() { # program SECTION LANGUAGE
  awk -v section="## $1" -v fence="\`\`\`$2" '
    /^## / { inside = $0 == section }
    /^```$/ && printing { exit }
    printing { print }
    inside && $0 == fence { printing = 1 }' "$root/docs/install.md" | grep . ||
    fail "docs/install.md has no block $2 in the section $1"
}

# Starts a server with a command, and makes every program send to it instead of to the
# server that the program names.
start_server() { # start_server COMMAND...
  rm -rf "$work/server"
  mkdir "$work/server"
  "$@" --dir "$work/server" --user alice@example.com:secret --for 120s --quiet >"$work/server/output.txt" 2>&1 &
  server=$!
  local i
  for i in $(seq 400); do
    [ ! -s "$work/server/ready" ] || break
    if [ "$i" = 400 ] || ! kill -0 "$server" 2>/dev/null; then
      fail "the server did not start: $(cat "$work/server/output.txt")"
    fi
    sleep 0.05
  done
  printf '[smtp.example.com]\nserver = localhost\nport = %s\nca-file = %s\n' \
    "$(sed -n 's/^port=//p' "$work/server/ready")" "$work/server/ca.pem" >"$work/config"
}

# Checks that the server has received the mail, and ends the server.
received() {
  local mail=$work/server/mail/1.eml line
  [ -f "$mail" ] || fail "no mail has arrived"
  for line in 'To: Bob <bob@example.org>' 'From: alice@example.com' 'They have arrived.'; do
    grep -qF "$line" "$mail" || { cat "$mail"; fail "the mail has no line \"$line\""; }
  done
  kill "$server"
  wait "$server" || true
  server=
}

size() { echo "   $(basename "$1"): $(stat -c %s "$1") octets"; }

check_python() {
  local tag=$platform wheel python
  [ "$tag" != native ] || tag=linux_$(uname -m)
  wheel=$("$root/packaging/python.sh" "$library" "$tag" "$work/wheel")
  size "$wheel"
  python3 -m venv "$work/empty"
  python=$work/empty/bin/python
  "$python" -m pip -q --disable-pip-version-check install --no-index --find-links "$work/wheel" libcsmtp
  program Python python >"$work/mail.py"
  start_server "$python" -m csmtp_testserver
  (cd "$work" && CSMTP_CONFIG=$work/config "$python" -I mail.py)
  received

  local tools=$out/python-checks requirements=$root/packaging/python-checks.txt
  if ! cmp -s "$requirements" "$tools/requirements.txt"; then
    rm -rf "$tools"
    python3 -m venv "$tools"
    "$tools/bin/pip" -q --disable-pip-version-check install -r "$requirements"
    cp "$requirements" "$tools/"
  fi
  # The installed package, and a program that uses all kinds of its names.
  "$tools/bin/mypy" --strict --cache-dir "$work/mypy" --python-executable "$python" "$work/mail.py" "$root/bindings/python/typed_example.py"
  "$tools/bin/mypy" --strict --cache-dir "$work/mypy" --python-executable "$tools/bin/python" -p csmtp -p csmtp_testserver \
    --config-file <(printf '[mypy]\nmypy_path = %s\n' "$root/bindings/python")
  "$tools/bin/mypy" --strict --cache-dir "$work/mypy" --python-executable "$python" -c 'import csmtp; csmtp.Mailer().set_x_priority("high")' >"$work/types" || true
  grep -q 'incompatible type "str"; expected "int"' "$work/types" || { cat "$work/types"; fail "mypy accepts a wrong type"; }
  if [ $platform != native ]; then
    PATH=$tools/bin:$PATH "$tools/bin/auditwheel" show "$wheel" | tee "$work/audit"
    grep -q '"manylinux_2_17_x86_64"' "$work/audit" || fail "the wheel does not fit manylinux_2_17"
  fi
  "$python" -m pip -q --disable-pip-version-check uninstall -y libcsmtp
  if compgen -G "$work/empty/lib/python*/site-packages/*csmtp*"; then fail "files remain after pip uninstall"; fi
}

check_node() {
  local package tools=$out/node-checks project=$work/node with="typescript@5.9.3 @types/node@26.6.7"
  local target=$platform
  [ "$target" != native ] || target=linux-$(node -p process.arch)
  package=$("$root/packaging/node.sh" -o "$work/npm" "$library" "$target")
  size "$package"
  mkdir "$project"
  (cd "$project" && echo '{"private": true}' >package.json && npm install --silent --no-audit --no-fund --prefer-offline "$package" koffi@3.3.4)
  program Node.js js >"$project/mail.js"
  start_server "$project/node_modules/libcsmtp/prebuilds/$target/csmtp-testserver"
  (cd "$project" && CSMTP_CONFIG=$work/config node mail.js)
  received

  if [ "$(cat "$tools/with" 2>/dev/null)" != "$with" ]; then
    rm -rf "$tools"
    mkdir -p "$tools"
    # shellcheck disable=SC2086 # several packages
    npm install --silent --no-audit --no-fund --prefer-offline --prefix "$tools" $with
    echo "$with" >"$tools/with"
  fi
  cp "$root/bindings/node/typed_example.ts" "$project/example.cts"
  cp "$root/bindings/node/typed_example.ts" "$project/example.mts"
  mkdir -p "$project/node_modules/@types"
  ln -s "$tools/node_modules/@types/node" "$project/node_modules/@types/node"
  ln -s "$tools/node_modules/undici-types" "$project/node_modules/undici-types"
  (cd "$project" && "$tools/node_modules/.bin/tsc" --noEmit --strict --noUncheckedIndexedAccess --esModuleInterop --target es2022 --module nodenext \
    --moduleResolution nodenext example.cts example.mts)
  # Each name that the types declare exists, and the reverse.
  # shellcheck disable=SC2016 # it is JavaScript
  (cd "$project" && node -e 'const c = require("libcsmtp"); const t = require("fs").readFileSync("node_modules/libcsmtp/index.d.ts", "utf8");
    for (const [, n] of t.matchAll(/^export (?:class|function) (\w+)/gm)) if (!(n in c)) throw new Error(n + " is not exported");
    for (const n of Object.keys(c)) if (typeof c[n] === "function" && !new RegExp(`^export (class|function) ${n}\\b`, "m").test(t)) throw new Error(n + " has no type");')
  (cd "$project" && npm uninstall --silent --no-audit --no-fund libcsmtp)
  [ ! -e "$project/node_modules/libcsmtp" ] || fail "files remain after npm uninstall"
}

# Prints a project whose csmtp is the unpacked package.
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
  # The other code blocks of the documents compile, too.
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

  # pkg-config finds the library, too.
  mkdir "$work/rust/pc"
  printf 'Name: csmtp\nDescription: csmtp\nVersion: %s\nLibs: -L%s -lcsmtp\n' "$version" "$folder" >"$work/rust/pc/csmtp.pc"
  (cd "$work/rust/empty" && PKG_CONFIG_PATH=$work/rust/pc CARGO_TARGET_DIR=$work/rust/other cargo build --quiet)

  # The tests, the documentation, and the package's version.
  cp -R "$root/bindings/rust" "$work/rust/crates"
  grep -q "^version = \"$version\"$" "$work/rust/crates/Cargo.toml" || fail "bindings/rust/Cargo.toml has another version than csmtp.go"
  (cd "$work/rust/crates" && export CSMTP_LIB_DIR=$folder LD_LIBRARY_PATH=$folder &&
    CSMTP_TESTSERVER=$(testserver_beside "$(realpath "$library")") RUSTFLAGS="-D warnings" cargo test --quiet --locked --all-features &&
    RUSTDOCFLAGS="-D warnings" cargo doc --quiet --locked --no-deps --all-features)
}

chosen=("$@")
[ $# -gt 0 ] || chosen=(python node rust)
for language in "${chosen[@]}"; do
  say "the package for $language"
  "check_$language"
  printf '   %s: passed\n' "$language"
done
