# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The C and C++ compiler of dist.sh: zig. It includes musl, MinGW-w64, and the headers and
# symbols of every version of glibc.
: "${root:?}" "${out:?}"
zig="" work="" # set by dist.sh later

# find_compiler: sets 'zig' to the path of the compiler, whose version must be that in
# requirements.txt. Installs the compiler if it is missing. Also sets the folder of zig's cache,
# which keeps compiled parts of the C libraries.
find_compiler() {
  local wanted folder
  wanted=$(sed -n 's/^ziglang==\([0-9.]*\).*/\1/p' "$root/packaging/dist/requirements.txt")
  folder=$out/ziglang-$wanted
  zig=${CSMTP_ZIG:-$folder/ziglang/zig}
  if [ ! -e "$zig" ]; then
    say "installing ziglang $wanted from PyPI"
    rm -rf "$folder"
    quietly "$work/pip.log" python3 -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
      --target "$folder.new" -r "$root/packaging/dist/requirements.txt"
    mv "$folder.new" "$folder"
  fi
  [ "$("$zig" version)" = "$wanted" ] || fail "$zig is version $("$zig" version), not $wanted"
  export ZIG_GLOBAL_CACHE_DIR=${ZIG_GLOBAL_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/zig}
  export ZIG_LOCAL_CACHE_DIR=$ZIG_GLOBAL_CACHE_DIR
}

# make_compiler TARGET TRIPLE: writes the commands csmtp-cc-TARGET and csmtp-c++-TARGET
# into a temporary folder, which it adds to PATH. Go's cache depends on the name of the
# compiler, so the name must not contain this folder. The commands strip what they link, but
# not object files, because cgo needs their debug information. When they link, they also omit
# the caller's -ffile-prefix-map flags, because zig compiles the C++ library again for each
# value. They omit -static too: zig always links the C++ library statically, and makes an
# archive instead of a DLL if -static is given.
make_compiler() {
  local language folder=$work/compiler
  mkdir -p "$folder"
  for language in cc c++; do
    cat >"$folder/csmtp-$language-$1" <<END
#!/bin/sh
case " \$* " in
*" -c "*) ;;
*)
  for argument; do
    shift
    case \$argument in -ffile-prefix-map=* | -static) ;; *) set -- "\$@" "\$argument" ;; esac
  done
  set -- "\$@" -s
  ;;
esac
exec '$zig' $language -target $2 '-ffile-prefix-map=${zig%/*}=zig' "\$@"
END
    chmod 755 "$folder/csmtp-$language-$1"
  done
  PATH=$folder:$PATH
}
