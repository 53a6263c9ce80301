# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Checks the npm package. ../check.sh sources this file.
: "${root:?}" "${out:?}" "${work:?}" "${library:?}" "${platform:?}"

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
    # shellcheck disable=SC2086 # $with contains the names of several packages
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
  # Check that each class and function declared in index.d.ts is exported, and that each exported class
  # and function is declared.
  # shellcheck disable=SC2016 # the text is JavaScript
  (cd "$project" && node -e 'const c = require("libcsmtp"); const t = require("fs").readFileSync("node_modules/libcsmtp/index.d.ts", "utf8");
    for (const [, n] of t.matchAll(/^export (?:class|function) (\w+)/gm)) if (!(n in c)) throw new Error(n + " is not exported");
    for (const n of Object.keys(c)) if (typeof c[n] === "function" && !new RegExp(`^export (class|function) ${n}\\b`, "m").test(t)) throw new Error(n + " has no type");')
  (cd "$project" && npm uninstall --silent --no-audit --no-fund libcsmtp)
  [ ! -e "$project/node_modules/libcsmtp" ] || fail "files remain after npm uninstall"
}
