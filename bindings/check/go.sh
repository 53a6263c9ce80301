# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Checks the Go module. ../check.sh sources this file. The go command gets the modules on which
# csmtp depends from the module cache, so no network is needed if they are there.
: "${root:?}" "${out:?}" "${work:?}" "${library:?}"

check_go() {
  local package project=$work/go/hello modules
  package=$("$root/packaging/go.sh" "$work/go")
  size "$package"
  "$root/packaging/go.sh" "$work/go/again" >"$work/go/log"
  cmp "$package" "$(cat "$work/go/log")" || fail "the archive is not reproducible"
  tar -xzf "$package" -C "$work/go"
  mkdir "$project"
  (cd "$root" && go mod download)
  modules=$(go env GOMODCACHE)/cache/download
  program Go go | sed 's/smtp\.example\.com/localhost/' >"$project/main.go"
  start_server "$(testserver_beside "$library")"
  sed -i "s/Port: 587/Port: $(sed -n 's/^port=//p' "$work/server/ready")/" "$project/main.go"
  (
    cd "$project" || exit
    export CGO_ENABLED=0 GOFLAGS=-modcacherw GOMODCACHE=$work/go/cache GOPROXY=file://$modules GONOSUMDB='*' GOWORK=off
    go mod init example.com/hello 2>"$work/go/log"
    go mod edit -replace="csmtp=../$(basename "$package" .tar.gz)"
    go get csmtp/smtp/... 2>"$work/go/log" || { cat "$work/go/log"; exit 1; }
    go vet ./... csmtp/smtp/...
    go build -o hello .
    export SSL_CERT_FILE=$work/server/ca.pem
    ./hello
    refused ./hello
  )
  received
}
