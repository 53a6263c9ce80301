#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# csharp.sh [-o FOLDER] LIBRARY PLATFORM [LIBRARY PLATFORM]...: makes a package for NuGet
# with libraries and csmtp-testserver for one or more platforms, and prints its path. PLATFORM
# is a target of `./build.sh dist`, such as linux-x64 or windows-x64. csmtp-testserver is in
# the folder of LIBRARY or in ../bin. FOLDER is where the package is put; the default is
# build/csharp. The assemblies are compiled with Mono's mcs.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/tools/common.sh"
. "$root/packaging/modules.sh"
out=${CSMTP_BUILD_DIR:-$root/build}
folder=$out/csharp
if [ "${1:-}" = -o ]; then
  folder=$2
  shift 2
fi
[ $# -ge 2 ] || fail "usage: packaging/csharp.sh [-o FOLDER] LIBRARY PLATFORM [LIBRARY PLATFORM]..."
need_packages "mono-mcs command -v mcs
mono-runtime command -v mono
libmono-cecil-private-cil ls /usr/lib/mono/gac/Mono.Cecil/*/Mono.Cecil.dll
python3 command -v python3" >&2
cecil=$(find /usr/lib/mono/gac/Mono.Cecil -name Mono.Cecil.dll | sort | tail -n 1)
version=$(sed -n 's/^const Version = "\(.*\)"$/\1/p' "$root/csmtp.go")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022
package=$work/package
mkdir -p "$folder" "$package/lib/net461" "$package/lib/netstandard2.0" "$package/build/net461" "$package/_rels"
folder=$(cd "$folder" && pwd)

# Compiles the assembly for a framework.
compile() { # compile OUTPUT FRAMEWORK
  cat >"$work/Assembly.cs" <<EOL
[assembly: System.Reflection.AssemblyTitle("Libcsmtp")]
[assembly: System.Reflection.AssemblyVersion("${version%%[-+]*}.0")]
[assembly: System.Reflection.AssemblyFileVersion("${version%%[-+]*}.0")]
[assembly: System.Reflection.AssemblyInformationalVersion("$version")]
[assembly: System.Runtime.Versioning.TargetFramework("$2")]
EOL
  find "$root/bindings/csharp/Libcsmtp" -name '*.cs' -print0 | sort -z |
    xargs -0 mcs -langversion:7 -target:library -optimize -warnaserror -nowarn:1591 -doc:"${1%.dll}.xml" -out:"$1" "$work/Assembly.cs" >&2
}
compile "$package/lib/net461/Libcsmtp.dll" ".NETFramework,Version=v4.6.1"
mkdir "$work/standard"
compile "$work/standard/Libcsmtp.dll" ".NETStandard,Version=v2.0"
mcs -warnaserror -r:"$cecil" -out:"$work/Netstandard.exe" "$root/packaging/csharp/Netstandard.cs" >&2
MONO_PATH=$(dirname "$cecil") mono "$work/Netstandard.exe" "$work/standard/Libcsmtp.dll" "$package/lib/netstandard2.0/Libcsmtp.dll" >&2
cp "$work/standard/Libcsmtp.xml" "$package/lib/netstandard2.0"
cp "$root/packaging/csharp/Libcsmtp.targets" "$package/build/net461"
cp "$root/bindings/csharp/README.md" "$root/LICENSE" "$root/packaging/debian/copyright" "$package"

# Copies the files of a platform to the folders in which .NET looks for them. The paths of
# the folders contain .NET's name for the platform.
add() { # add LIBRARY PLATFORM
  local name library=libcsmtp.so.1 suffix=
  case $2 in
  linux-x64 | linux-arm64) name=$2 ;;
  linux-armhf) name=linux-arm ;;
  windows-*) name=win-${2#windows-} library=csmtp.dll suffix=.exe ;;
  musl-*) fail "a program that uses musl cannot load the library: there is no package for $2" ;;
  *) fail "unknown platform $2: use linux-x64, linux-arm64, linux-armhf, windows-x64, windows-x86 or windows-arm64" ;;
  esac
  mkdir -p "$package/runtimes/$name/native" "$package/tools/$name"
  install -m 644 "$1" "$package/runtimes/$name/native/$library"
  install -m 755 "$(testserver_beside "$(realpath "$1")")" "$package/tools/$name/csmtp-testserver$suffix"
}

while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || fail "there is no platform for the library $1"
  add "$1" "$2"
  shift 2
done

cat >"$package/Libcsmtp.nuspec" <<EOL
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
  <metadata>
    <id>Libcsmtp</id>
    <version>$version</version>
    <authors>csmtp</authors>
    <license type="expression">MIT</license>
    <readme>README.md</readme>
    <requireLicenseAcceptance>false</requireLicenseAcceptance>
    <description>Sends mail: SMTP, TLS, OAuth 2.0, DKIM and S/MIME, with a mail server for tests</description>
    <tags>email mail smtp oauth2 dkim smime</tags>
    <dependencies>
      <group targetFramework=".NETFramework4.6.1" />
      <group targetFramework=".NETStandard2.0" />
    </dependencies>
  </metadata>
</package>
EOL
cat >"$package/_rels/.rels" <<'EOL'
<?xml version="1.0" encoding="utf-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
  <Relationship Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/Libcsmtp.nuspec" Id="R1" />
</Relationships>
EOL
{
  printf '%s\n' '<?xml version="1.0" encoding="utf-8"?>' '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">' \
    '  <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml" />'
  (cd "$package" && find . -type f ! -path './_rels/*' -printf '%P\n' | LC_ALL=C sort) |
    sed 's|.*|  <Override PartName="/&" ContentType="application/octet" />|'
  echo '</Types>'
} >"$work/types"
mv "$work/types" "$package/[Content_Types].xml"
chmod -R u=rwX,go=rX "$package"
find "$package" -exec touch -d "@${SOURCE_DATE_EPOCH:-$(source_date)}" {} +
file=$folder/Libcsmtp.$version.nupkg
rm -f "$file"
# The list of content types is the first file of the archive, as readers of the format
# expect.
(cd "$package" && { echo '[Content_Types].xml'; find . -type f ! -name '[[]Content_Types[]].xml' -printf '%P\n' | LC_ALL=C sort; } | TZ=UTC python3 -c '
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
    for name in sys.stdin.read().splitlines():
        package.write(name)' "$file")
echo "$file"
