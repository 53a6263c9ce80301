# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The Debian packages that each phase needs, as lists for need_packages in common.sh.
: "${root:?}"

compilers_packages() {
  echo "g++ command -v ${CXX:-g++}"
  echo "gcc command -v ${CC:-gcc}"
}

# For the tests in Go, C and C++.
go_packages() {
  compilers_packages
  cat <<'EOL'
acl command -v setfacl && command -v getfacl
binutils command -v nm && command -v readelf
catch2 test -e /usr/include/catch2/catch.hpp
clang command -v clang && command -v clang++
cmake command -v cmake
gpg command -v gpg
gpg-agent command -v gpg-agent && command -v gpgconf
libgtest-dev test -e /usr/include/gtest/gtest.h
libclang-rt-dev clang -fsanitize=address,undefined -x c -o /dev/null - <<<'int main(void) { return 0; }'
make command -v make
nodejs command -v node
openssl command -v openssl
php-cli command -v php
pkg-config command -v pkg-config
python3 command -v python3
python3-prometheus-client /usr/bin/python3 -c 'import prometheus_client'
python3-pytest python3 -m pytest --version
ruby command -v ruby
util-linux command -v setpriv
EOL
}

source_packages() { echo "shellcheck command -v shellcheck"; }

manual_packages() {
  cat <<'EOL'
doxygen command -v doxygen
man-db command -v man
python3 command -v python3
EOL
}

# For the C and C++ suites: other compilers and standard libraries, and MinGW with both thread
# models. A newer libc++ is installed by prepare_cmake.
cmake_packages() {
  go_packages
  cat <<'EOL'
clang-14 command -v clang++-14
clang-19 command -v clang++-19
g++-mingw-w64-i686-posix command -v i686-w64-mingw32-g++-posix
g++-mingw-w64-i686-win32 command -v i686-w64-mingw32-g++-win32
g++-mingw-w64-x86-64-posix command -v x86_64-w64-mingw32-g++-posix
g++-mingw-w64-x86-64-win32 command -v x86_64-w64-mingw32-g++-win32
libc++-14-dev test -e /usr/lib/llvm-14/lib/libc++.a
libc++abi-14-dev test -e /usr/lib/llvm-14/lib/libc++abi.a
EOL
}

# This list comes from examples/languages.sh. A name that begins with - is not a package.
languages_packages() {
  (
    # shellcheck source=/dev/null # its definitions stay in the subshell
    . "$root/examples/languages.sh"
    # shellcheck disable=SC2154 # set by languages.sh
    for language in "${languages[@]}"; do "needs_$language"; done
  ) | while read -r package check; do
    [[ $package = -* ]] || printf '%s . %q; %s\n' "$package" "$root/examples/languages.sh" "$check"
  done
}

# The package managers, compilers and interpreters that bindings/check.sh uses.
bindings_packages() {
  cat <<'EOL'
cargo-web cargo --version
composer command -v composer
libmono-cecil-private-cil compgen -G '/usr/lib/mono/gac/Mono.Cecil/*/Mono.Cecil.dll'
mono-mcs command -v mcs
mono-runtime command -v mono
mono-xbuild command -v xbuild
nuget command -v nuget
php-cli php -r 'exit(extension_loaded("FFI") ? 0 : 1);'
php-zip php -r 'exit(extension_loaded("zip") ? 0 : 1);'
default-jdk-headless command -v javac
maven command -v mvn
pkg-config command -v pkg-config
rustc-web rustc --edition 2024 --print sysroot
nodejs command -v node
npm command -v npm
python3 command -v python3
python3-venv python3 -c 'import ensurepip'
ruby ruby -rfiddle -e 1
zip command -v zip
EOL
}

# This list contains no mail servers. If the user is root, the scripts
# tests/interop/servers/*/install.sh install them.
servers_packages() {
  cat <<'EOL'
openssl command -v openssl
python3 command -v python3
util-linux command -v taskset
EOL
}

# This list contains neither Postfix nor nats-server nor PostgreSQL. If the user is root,
# prepare_fleet installs these, and does not start them.
fleet_packages() {
  compilers_packages
  cat <<'EOL'
cmake command -v cmake
libnats-dev test -e /usr/include/nats/nats.h
libpq-dev pkg-config --exists libpq
libsqlite3-dev test -e /usr/include/sqlite3.h
make command -v make
pkg-config command -v pkg-config
util-linux command -v setpriv
EOL
}

browser_packages() { echo "chromium command -v chromium"; }

package_packages() {
  echo "git ! test -e '$root/.git' || command -v git"
  cat <<'EOL'
build-essential command -v g++ && command -v make
cmake command -v cmake
debhelper command -v dh
doxygen command -v doxygen
man-db command -v man
dpkg-dev command -v dpkg-buildpackage
lintian command -v lintian
pkg-config command -v pkg-config
EOL
}

# For packaging/consumers.sh, which runs package.sh too.
consumers_packages() {
  package_packages
  cat <<'EOL'
meson command -v meson
ninja-build command -v ninja
python3 command -v python3
python3-venv python3 -c 'import ensurepip'
EOL
}

# For packaging/dist.sh.
dist_packages() {
  compilers_packages
  cat <<'EOL'
cmake command -v cmake
make command -v make
python3 command -v python3
python3-pip python3 -m pip --version
EOL
}

windows_packages() {
  cat <<'EOL'
cmake command -v cmake
g++-mingw-w64-i686-posix command -v i686-w64-mingw32-g++-posix
g++-mingw-w64-x86-64-posix command -v x86_64-w64-mingw32-g++-posix
gcc-mingw-w64-i686-posix command -v i686-w64-mingw32-gcc-posix
gcc-mingw-w64-x86-64-posix command -v x86_64-w64-mingw32-gcc-posix
llvm command -v llvm-dlltool && command -v llvm-readobj
make command -v make
meson command -v meson
ninja-build command -v ninja
wine command -v wine
zip command -v zip
EOL
}

sanitizers_packages() {
  go_packages
  echo "valgrind command -v valgrind"
}
