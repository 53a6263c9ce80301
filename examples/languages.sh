# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034 # check.sh reads the variables
# How check.sh builds and runs each language's example. For language X:
#   needs_X    prints lines "DEBIAN-PACKAGE COMMAND"; COMMAND succeeds if the package is
#              installed. A leading - marks a package that is not in Debian
#   tool_X     prints the tool's name; version_X prints its version
#   build_X    builds in the current folder; run_X SERVER PORT LOGIN PASSWORD CA-FILE runs it
#   test_X     runs the tests of bindings/X, if that folder exists
languages=(c cpp csharp fortran go java lua node pascal perl php python ruby rust tcl)
examples=${CSMTP_ROOT:-}/examples
bindings=${CSMTP_ROOT:-}/bindings
link=(-L"${CSMTP_LIBRARY_DIR:-}" -lcsmtp)
export LC_ALL=C.UTF-8

needs_c() { echo "gcc command -v gcc"; }
tool_c() { echo gcc; }
version_c() { gcc -dumpfullversion; }
build_c() { gcc -std=c99 -Wall -Wextra -Werror -I"$CSMTP_ROOT/include" "$examples/c/send.c" -o send "${link[@]}"; }
run_c() { ./send "$@"; }

needs_cpp() { echo "g++ command -v g++"; }
tool_cpp() { echo g++; }
version_cpp() { g++ -dumpfullversion; }
build_cpp() { g++ -std=c++11 -Wall -Wextra -Werror -I"$CSMTP_ROOT/include" -I"$CSMTP_ROOT/cpp_wrapper" "$examples/cpp/send.cpp" -o send "${link[@]}"; }
run_cpp() { ./send "$@"; }

needs_csharp() {
  echo "mono-mcs command -v mcs"
  echo "mono-runtime command -v mono"
}
tool_csharp() { echo "Mono"; }
version_csharp() { mono --version | sed -n 's/.*version \([0-9.]*\).*/\1/p'; }
build_csharp() {
  find "$bindings/csharp/Libcsmtp" -name '*.cs' -exec mcs -langversion:7 -warnaserror -target:library -out:Libcsmtp.dll {} +
  mcs -warnaserror -out:send.exe -r:Libcsmtp.dll "$examples/csharp/Send.cs"
}
run_csharp() { mono send.exe "$@"; }
test_csharp() {
  cp "$WORK/csharp/Libcsmtp.dll" "$WORK"
  mcs -langversion:7 -warnaserror -out:"$WORK/Tests.exe" -r:"$WORK/Libcsmtp.dll" "$bindings"/csharp/Tests/*.cs
  MONO_THREADS_SUSPEND=coop CSMTP_TESTSERVER=$WORK/csmtp-testserver mono "$WORK/Tests.exe" "$CSMTP_ROOT"
}

needs_fortran() { echo "gfortran command -v gfortran"; }
tool_fortran() { echo "gfortran, iso_c_binding"; }
version_fortran() { gfortran -dumpfullversion; }
build_fortran() { gfortran -std=f2008 -Wall "$examples/fortran/send.f90" -o send "${link[@]}"; }
run_fortran() { ./send "$@"; }

needs_go() { echo "-go command -v go"; }
tool_go() { echo "go, package smtp"; }
version_go() { go env GOVERSION; }
build_go() { (cd "$examples/go" && go build -o "$WORK/go/send" .); }
run_go() { ./send "$@"; }

jna=/usr/share/java/jna.jar
needs_java() {
  echo "default-jdk-headless command -v javac"
  echo "libjna-java test -f $jna"
}
tool_java() { echo "JDK, JNA"; }
version_java() { java --version | sed -n 1p; }
build_java() {
  local sources
  mapfile -t sources < <(find "$bindings/java/src/main/java" -name '*.java')
  javac -encoding UTF-8 -cp "$jna" -d . "${sources[@]}" "$examples/java/Send.java"
}
run_java() { java -cp "$jna:." Send "$@"; }
# There is no test_java: the tests need JUnit, so bindings/check/java.sh runs them.
test_java() { :; }

needs_lua() { echo "luajit command -v luajit"; }
tool_lua() { echo "LuaJIT, ffi"; }
version_lua() { luajit -v | cut -d' ' -f2; }
build_lua() { :; }
run_lua() { luajit "$examples/lua/send.lua" "$@"; }

# There is no Debian package of koffi. npm installs koffi in the work folder.
koffi=3.3.4
export NODE_PATH=${WORK:-}/node_modules
koffi() { [ -d "$NODE_PATH/koffi" ] || npm install --silent --no-audit --no-fund --prefix "$WORK" "koffi@$koffi"; }
needs_node() {
  echo "nodejs command -v node"
  echo "npm command -v npm"
  echo "python3 command -v python3"
  echo "-koffi-from-npm koffi"
}
tool_node() { echo "Node.js, koffi $koffi"; }
version_node() { node --version; }
build_node() { ln -sfn "$bindings/node" "$NODE_PATH/csmtp"; }
run_node() { node "$examples/node/send.js" "$@"; }
test_node() { CSMTP_TESTSERVER=$WORK/csmtp-testserver node --test "$bindings"/node/*.test.js; }

needs_pascal() { echo "fp-compiler command -v fpc"; }
tool_pascal() { echo "Free Pascal"; }
version_pascal() { fpc -iV; }
build_pascal() { fpc -O2 -vw -FE. -Fl"$CSMTP_LIBRARY_DIR" "$examples/pascal/send.pas"; }
run_pascal() { ./send "$@"; }

needs_perl() {
  echo "perl command -v perl"
  echo "libffi-platypus-perl /usr/bin/perl -MFFI::Platypus -e 1"
}
tool_perl() { echo "Perl, FFI::Platypus"; }
version_perl() { /usr/bin/perl -MFFI::Platypus -e 'printf "%vd, %s\n", $^V, FFI::Platypus->VERSION'; }
build_perl() { :; }
run_perl() { /usr/bin/perl "$examples/perl/send.pl" "$@"; }

needs_php() { echo "php-cli command -v php"; }
tool_php() { echo "PHP, FFI"; }
version_php() { php -r 'echo PHP_VERSION;'; }
build_php() { :; }
run_php() { php "$examples/php/send.php" "$@"; }
test_php() {
  local test
  export CSMTP_TESTSERVER=$WORK/csmtp-testserver
  for test in "$bindings"/php/tests/*_test.php; do php "$test" || return; done
}

needs_python() {
  echo "python3 command -v python3"
  echo "python3-pytest python3 -m pytest --version"
}
tool_python() { echo "Python, ctypes"; }
version_python() { python3 --version | cut -d' ' -f2; }
build_python() { :; }
run_python() { PYTHONPATH=$bindings/python python3 "$examples/python/send.py" "$@"; }
test_python() {
  export CSMTP_TESTSERVER=$WORK/csmtp-testserver
  python3 -m unittest discover -s "$bindings/python" -p '*_test.py' &&
    PYTHONPATH=$bindings/python python3 -m pytest -q -p no:cacheprovider "$bindings/python/pytest_example"
}

needs_ruby() { echo "ruby ruby -rfiddle -e 1"; }
tool_ruby() { echo "Ruby, Fiddle"; }
version_ruby() { ruby -e 'puts RUBY_VERSION'; }
build_ruby() { :; }
run_ruby() { ruby -w -I "$bindings/ruby/lib" "$examples/ruby/send.rb" "$@"; }
test_ruby() {
  local test
  export CSMTP_TESTSERVER=$WORK/csmtp-testserver
  for test in "$bindings"/ruby/test/*_test.rb; do ruby -w -I "$bindings/ruby/lib" "$test" || return; done
}

# The first rustc in PATH can be that of rustup, which finds no compiler if HOME is a new folder.
rust() { if rustc --version >/dev/null 2>&1; then rustc "$@"; else /usr/bin/rustc "$@"; fi; }
# Debian 12's rustc is too old. Its rustc-web, which Debian uses to build browsers, is newer.
needs_rust() {
  echo "rustc-web rust --edition 2024 --print sysroot"
  echo "cargo-web cargo --version"
}
tool_rust() { echo rustc; }
version_rust() { rust --version | cut -d' ' -f2; }
build_rust() {
  local edition
  for edition in 2021 2024; do
    rust --edition $edition -D warnings -L "$CSMTP_LIBRARY_DIR" "$examples/rust/send.rs" -o send || return
  done
}
run_rust() { ./send "$@"; }
test_rust() {
  # Some tests panic on purpose. Their backtraces would hide the output of a test that fails.
  (cd "$bindings/rust" && RUST_BACKTRACE=0 CSMTP_TESTSERVER=$WORK/csmtp-testserver CSMTP_LIB_DIR=$CSMTP_LIBRARY_DIR CARGO_TARGET_DIR=$WORK/cargo \
    cargo test --quiet --locked)
}

# critcl compiles when the example runs, and keeps its cache below $HOME. run_tcl therefore
# sets HOME to another folder.
needs_tcl() {
  echo "tcl command -v tclsh"
  echo "critcl command -v critcl"
  echo "gcc command -v gcc"
}
tool_tcl() { echo "Tcl, critcl"; }
version_tcl() { echo 'puts [info patchlevel]' | tclsh; }
build_tcl() { mkdir -p cache; }
run_tcl() { HOME=$PWD/cache tclsh "$examples/tcl/send.tcl" "$@"; }
