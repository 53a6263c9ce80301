# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Functions of dist.sh that add to the files of a target: licences, the list of components,
# the archive, checksums and a signature.
: "${root:?}" "${out:?}" "${dist:?}"
zig="" work="" version="" # set by dist.sh later

# licences TARGET: copies LICENSE, README.md, meson.build, and the licences of everything that is
# part of the binaries. That includes the C++ library of the compiler, which is part of the
# programs.
licences() {
  local into=$dist/$1/licenses lib=${zig%/*}/lib name
  mkdir -p "$into"
  cp "$root/LICENSE" "$root/README.md" "$dist/$1/"
  sed "s/@VERSION@/$version/" "$root/packaging/meson/meson.build" >"$dist/$1/meson.build"
  cp "$root/packaging/debian/copyright" "$into/csmtp-go-and-modules.txt"
  case $1 in
  windows-x*)
    cp /usr/share/doc/mingw-w64-common/copyright "$into/mingw-w64.txt"
    cp /usr/share/doc/gcc-mingw-w64-base/copyright "$into/gcc-and-libstdc++.txt"
    ;;
  *)
    for name in libcxx libcxxabi libunwind; do cp "$lib/$name/LICENSE.TXT" "$into/$name.txt"; done
    cp "${zig%/*}/LICENSE" "$into/zig-compiler-rt.txt"
    [ "$1" != windows-arm64 ] || cp "$lib/libc/mingw/COPYING" "$into/mingw-w64.txt"
    ;;
  esac
}

find_sbom_tool() {
  sbom_tool=$out/cyclonedx-gomod
  (cd "$root/tests/interop" && env -u GOFLAGS GOWORK=off GOENV=off go build -o "$sbom_tool" github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod)
}

# sbom TARGET: writes a CycloneDX list of the components of the library, and of the C++
# libraries, which are part of the programs.
sbom() {
  quietly "$work/sbom.log" "$sbom_tool" bin -json -std -noserial -notimestamp -version "v$version" -output "$dist/$1/sbom.cdx.json" "$(library_of "$1")"
  python3 "$root/packaging/dist/components.py" "$dist/$1/sbom.cdx.json" "$version" "$("$zig" version)" "$1"
}

library_of() { # library_of TARGET
  case $1 in
  windows-*) echo "$dist/$1/bin/csmtp.dll" ;;
  *) echo "$dist/$1/lib/libcsmtp.so.$version" ;;
  esac
}

# archive TARGET: packs the folder of the target. The archive does not depend on the user,
# the time or the umask.
archive() {
  local name=csmtp-$version-$1
  find "$dist/$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  chmod -R u+rw,go=rX "$dist/$1"
  case $1 in
  windows-*)
    ln -sfn "$1" "$dist/$name"
    rm -f "$dist/$name.zip"
    (cd "$dist" && find "$name/" -type f | LC_ALL=C sort | TZ=UTC zip -X -q -9 "$name.zip" -@)
    rm "$dist/$name"
    ;;
  *)
    tar -C "$dist" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --format=gnu \
      --transform "s,^$1,$name," -c "$1" | gzip -9n >"$dist/$name.tar.gz"
    ;;
  esac
  (cd "$dist" && stat -c '%n %s bytes' "$name".*)
}

# checksums: writes SHA256SUMS for all archives of this version in build/dist, and signs it if
# CSMTP_SIGN_KEY is set.
checksums() {
  (cd "$dist" && rm -f SHA256SUMS SHA256SUMS.asc && LC_ALL=C sha256sum csmtp-"$version"-*.* >SHA256SUMS && cat SHA256SUMS)
  [ -z "${CSMTP_SIGN_KEY:-}" ] ||
    gpg --batch --yes --armor --local-user "$CSMTP_SIGN_KEY" --output "$dist/SHA256SUMS.asc" --detach-sign "$dist/SHA256SUMS"
}
