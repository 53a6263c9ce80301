# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Checks the NuGet package. ../check.sh sources this file. The check installs the package into a
# project for Mono, with Debian's nuget and xbuild. It runs the tests with Mono and, on x86-64, also
# with .NET Core 3.1, whose runtime it installs from PyPI. The compiler and the package manager of
# .NET are not needed.
: "${root:?}" "${out:?}" "${work:?}" "${library:?}" "${platform:?}"

# Installs the runtime of .NET Core if necessary, and prints the path of its program dotnet.
dotnet_runtime() {
  local with=dotnetcore2==3.1.23 tools=$out/dotnet-runtime
  if [ "$(cat "$tools/with" 2>/dev/null)" != $with ]; then
    rm -rf "$tools"
    mkdir -p "$tools"
    python3 -m venv "$work/venv" >&2
    "$work/venv/bin/pip" -q --disable-pip-version-check install --no-deps --target "$tools" $with >&2
    chmod +x "$tools/dotnetcore2/bin/dotnet"
    echo $with >"$tools/with"
  fi
  echo "$tools/dotnetcore2/bin/dotnet"
}

# Prints the project file from docs/install.md, with a property that adds csmtp-testserver to the
# program.
csharp_project() {
  program 'C#' xml | sed 's|</PropertyGroup>|<CSmtpTestServer>true</CSmtpTestServer>&|'
}

check_csharp() {
  local target=$platform package project=$work/csharp version block n=0 runtime core=$work/core
  version=$(sed -n 's/^const Version = "\(.*\)"$/\1/p' "$root/csmtp.go")
  [ "$target" != native ] || target=linux-$(go env GOARCH | sed 's/amd64/x64/')
  package=$("$root/packaging/csharp.sh" -o "$work/nuget" "$library" "$target")
  size "$package"
  mkdir "$project"
  (cd "$project" && quietly "$work/nuget.txt" nuget install Libcsmtp -Version "$version" -Source "$work/nuget" -OutputDirectory packages)
  program 'C#' csharp >"$project/Mail.cs"
  csharp_project >"$project/Mail.csproj"
  (cd "$project" && quietly "$work/xbuild.txt" xbuild /nologo Mail.csproj)
  chmod +x "$project/bin/tools/$target/csmtp-testserver"
  start_server "$project/bin/tools/$target/csmtp-testserver"
  (cd "$work" && CSMTP_CONFIG=$work/config mono "$project/bin/Mail.exe")
  (cd "$work" && CSMTP_CONFIG=$work/config refused mono "$project/bin/Mail.exe")
  received

  # Compile the code blocks of the documents.
  while IFS= read -r -d '' block; do
    n=$((n + 1))
    printf '%s' "$block" >"$work/block$n.cs"
    mcs -warnaserror -target:library -out:"$work/block$n.dll" -r:"$project/bin/Libcsmtp.dll" "$work/block$n.cs"
  done < <(awk '/^```csharp$/ { inside = 1; next } /^```$/ { if (inside) printf "%c", 0; inside = 0 } inside { print }' "$root/docs/csharp.md" "$root/bindings/csharp/README.md")
  [ $n -gt 3 ] || fail "docs/csharp.md and bindings/csharp/README.md have too few C# code blocks"

  mcs -langversion:7 -warnaserror -out:"$project/bin/Tests.exe" -r:"$project/bin/Libcsmtp.dll" "$root"/bindings/csharp/Tests/*.cs
  (cd "$work" && MONO_THREADS_SUSPEND=coop mono "$project/bin/Tests.exe" "$root")
  if [ "$(uname -m)" = x86_64 ]; then
    runtime=$(dotnet_runtime)
    cp -R "$project/bin" "$core"
    cp "$project/packages/Libcsmtp.$version/lib/netstandard2.0/Libcsmtp.dll" "$core"
    echo '{"runtimeOptions": {"framework": {"name": "Microsoft.NETCore.App", "version": "3.1.0"}, "configProperties": {"System.Globalization.Invariant": true}}}' \
      >"$core/Tests.runtimeconfig.json"
    (cd "$work" && DOTNET_CLI_TELEMETRY_OPTOUT=1 "$runtime" "$core/Tests.exe" "$root")
  else
    echo "   not tested with .NET Core: PyPI has its runtime only for x86-64"
  fi
}
