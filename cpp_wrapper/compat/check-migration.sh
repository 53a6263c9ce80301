#!/bin/sh
# SPDX-License-Identifier: MIT
# check-migration.sh DIR: reads the project in DIR, which uses or used CodeProject's
# CSmtp, and prints what must still be done to build the project with csmtp. The script
# changes nothing.
# Exit status: 0 if nothing is left to do, 1 if something is, 2 if DIR cannot be read.
set -u
export LC_ALL=C

if [ $# != 1 ] || [ ! -d "$1" ] || [ ! -r "$1" ]; then
  echo "usage: check-migration.sh DIR, where DIR is the folder of your project" >&2
  exit 2
fi
cd "$1" || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

# List the files of the project by kind, without the folders of version control and of
# other tools.
find . \( -name .git -o -name .svn -o -name .hg -o -name CMakeFiles -o -name node_modules \) -prune -o -type f -print >"$work/files"
pick() { grep -iE "$1" "$work/files" || true; } # pick PATTERN
pick '\.(c|cc|cpp|cxx|c\+\+|h|hh|hpp|hxx|inl)$' >"$work/sources"
pick '(/(gnu|bsd)?makefile[^/]*|/cmakelists\.txt|\.(mk|mak|cmake|am|ac|in|pro|pri|sh|bat|vcxproj|vcproj|props|bazel|gn|gyp)|/(meson\.build|wscript|sconstruct|sconscript|build))$' >"$work/builds"

found=0
say() { # say PLACE WHAT ADVICE
  found=1
  printf '%s: %s\n    %s\n' "${1#./}" "$2" "$3"
}

# Reports whether the first comment of a file says that the file belongs to this library.
ours() { head -n 3 "$1" | grep -qE '^// ((CSmtp|base64|md5)\.h: |Compiled by build files that (name|require) )'; }

# ---- Files of the old class

old=
while read -r file; do
  name=$(basename "$file" | tr '[:upper:]' '[:lower:]')
  case $name in
  csmtp.h | csmtp.cpp | base64.h | base64.cpp | md5.h | md5.cpp) ;;
  *) continue ;;
  esac
  if ours "$file"; then
    if [ "$name" = csmtp.cpp ] && grep -q '"\.\./CSmtp\.h"' "$file" && [ ! -e "$(dirname "$file")/../CSmtp.h" ]; then
      say "$file" "is a copy of compat/CSmtp.cpp, which includes ../CSmtp.h, but ../CSmtp.h does not exist" \
        "remove the copy from the project, or compile cpp_wrapper/compat/CSmtp.cpp in its original place"
    fi
    continue
  fi
  case $name in
  csmtp.h | csmtp.cpp) grep -qE 'class +(CSmtp|ECSmtp)|CSmtp::' "$file" || continue ;;
  base64.*) grep -q 'base64_encode' "$file" || continue ;;
  md5.*) grep -qE 'class +MD5|MD5::' "$file" || continue ;;
  esac
  old="$old $name"
  case $name in
  csmtp.h) advice="remove it: a header beside your sources is found before the new one, whatever the include path is" ;;
  csmtp.cpp) advice="remove it from the project, and delete the file: the library replaces it" ;;
  *) advice="remove it if only the old class uses it; cpp_wrapper/compat has one with the same functions" ;;
  esac
  say "$file" "belongs to the old class" "$advice"
done <"$work/sources"

# ---- Sources

# A pattern for calls to functions that the old CSmtp.h declared, because it included
# openssl/*.h.
openssl='(SSL_(CTX_)?[a-z_]+|SSL_library_init|ERR_(get_error|error_string|print_errors|load_[A-Za-z_]+)[a-z_]*|EVP_[A-Za-z_]+|BIO_[a-z_]+|RAND_[a-z_]+|HMAC(_[A-Za-z]+)?|SHA(1|256|512)(_[A-Z][a-z]+)?|MD5_(Init|Update|Final)|X509_[A-Za-z_]+|PEM_[A-Za-z_]+|RSA_[a-z_]+|OpenSSL_[a-z_]+) *\('
uses_openssl=no
while read -r file; do
  case $old in *" $(basename "$file" | tr '[:upper:]' '[:lower:]')"*) continue ;; esac
  sed 's,//.*,,' "$file" >"$work/code"
  if grep -qE "(^|[^A-Za-z0-9_:.>])$openssl" "$work/code"; then
    uses_openssl=yes
    if grep -qE '# *include *["<]([^">]*/)?CSmtp\.h[">]' "$file" && ! grep -qE '# *include *[<"]openssl/' "$file"; then
      line=$(grep -nE "(^|[^A-Za-z0-9_:.>])$openssl" "$work/code" | head -n 1 | cut -d: -f1)
      say "$file:$line" "uses OpenSSL, which the old CSmtp.h included" \
        "include the headers of OpenSSL that the file needs, such as <openssl/ssl.h>, and keep -lssl -lcrypto"
    fi
  fi
  grep -nE '(strcpy|strcat|[^n]sprintf) *\(.*GetErrorText' "$work/code" >"$work/lines"
  while IFS=: read -r line _; do
    say "$file:$line" "copies GetErrorText into an array" \
      "use snprintf or std::string: the text includes the server's reply and can be long"
  done <"$work/lines"
  grep -nE '# *include *["<]([^">]*/)?[Cc][Ss][Mm][Tt][Pp]\.[Hh][">]' "$file" | grep -vE '[/"<]CSmtp\.h[">]' >"$work/lines"
  while IFS=: read -r line _; do
    say "$file:$line" "the name of the header is CSmtp.h" "write #include \"CSmtp.h\": file names are case-sensitive on Linux"
  done <"$work/lines"
done <"$work/sources"

# ---- Build files

# Prints the lines of a build file as NUMBER:LINE, without comments. A line that ends
# with a backslash is joined with the next line.
joined() {
  awk '{ if (n == 0) start = NR
         text = text $0; n = 1
         if (sub(/\\[ \t\r]*$/, " ", text)) next
         if (text !~ /^[ \t]*#/) print start ":" text
         text = ""; n = 0 }
       END { if (n && text !~ /^[ \t]*#/) print start ":" text }' "$1"
}

links=no runpath=no
while read -r file; do
  if grep -qE -- '-Wl,-rpath|-R *[/$]|RPATH|rpath' "$file"; then runpath=yes; fi
  joined "$file" >"$work/joined"
  if grep -qE -- '-lcsmtp|libcsmtp|csmtp::csmtp|csmtp\.lib|pkg-config.*csmtp' "$work/joined"; then links=yes; fi

  # Find commands in which -lcsmtp, or a variable whose value contains -lcsmtp, comes
  # before the objects.
  variables=$(sed -nE 's/^[0-9]+:[ \t]*(export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*[:+?]?=.*-lcsmtp.*/\2/p' "$work/joined" | sort -u)
  pattern='-lcsmtp'
  for v in $variables; do pattern="$pattern|[$][({]${v}[)}]|[$]${v}( |\$)"; done
  objects='[A-Za-z0-9_./%*-]+\.(o|obj|a|c|cc|cpp|cxx)( |$|;)|[$][({][A-Za-z0-9_]*(OBJ|SRC|SOURCE|obj|src|source)[A-Za-z0-9_]*[)}]|[$][\^<+]'
  grep -E -- "^[0-9]+:.*($pattern)[^|;&]*[ \t]($objects)" "$work/joined" | grep -vE '^[0-9]+:[ \t]*[A-Za-z_][A-Za-z0-9_]*[ \t]*[:+?]?=' |
    cut -d: -f1 >"$work/lines"
  while read -r line; do
    say "$file:$line" "the library comes before the objects on the link line" \
      "move -lcsmtp after the objects: the linker takes from a library only what earlier objects need (otherwise: undefined reference to CSmtp_...)"
  done <"$work/lines"

  if ! grep -qE '[$][({]?LDFLAGS' "$work/joined"; then
    line=$(grep -E '^[0-9]+:[ \t]*(export[ \t]+)?LDFLAGS[ \t]*[:+?]?=.*-lcsmtp' "$work/joined" | head -n 1 | cut -d: -f1)
    [ -z "$line" ] || say "$file:$line" "make puts LDFLAGS before the objects on the link line" "write -lcsmtp in LDLIBS"
  fi
  line=$(grep -E '^[0-9]+:.*(CMAKE_[A-Z]+_LINKER_FLAGS|(target|add)_link_options|LINK_FLAGS).*-lcsmtp' "$work/joined" | head -n 1 | cut -d: -f1)
  [ -z "$line" ] || say "$file:$line" "CMake puts linker options before the objects on the link line" "use target_link_libraries(TARGET csmtp::csmtp)"

  for name in $old; do
    case $name in *.cpp) ;; *) continue ;; esac
    line=$(grep -niE "(^|[^A-Za-z0-9_])$(printf %s "${name%.cpp}" | sed 's/[.]/\\./g')\.(cpp|o|obj)([^A-Za-z0-9_]|\$)" "$file" | head -n 1 | cut -d: -f1)
    [ -z "$line" ] || say "$file:$line" "compiles $name of the old class" "remove it from the list of sources"
  done

  if [ $uses_openssl = no ]; then
    line=$(grep -nE -- '-lssl|-lcrypto|OpenSSL::(SSL|Crypto)|libssl|libcrypto|(lib|ss)leay32' "$file" | head -n 1 | cut -d: -f1)
    [ -z "$line" ] || say "$file:$line" "links OpenSSL, which no source of the project uses any more" "remove -lssl and -lcrypto, or whatever else links OpenSSL"
  fi
done <"$work/builds"

uses=no
while read -r file; do
  if ! ours "$file" && grep -qE '# *include *["<]([^">]*/)?CSmtp\.h[">]' "$file"; then uses=yes; fi
done <"$work/sources"
if [ $uses = yes ] && [ -s "$work/builds" ]; then
  if [ $links = no ]; then
    say . "no build file links the library" "add -lcsmtp, csmtp::csmtp or csmtp.lib"
  elif [ $runpath = no ] && [ "$(uname -s)" = Linux ] && ! { ldconfig -p || /sbin/ldconfig -p; } 2>/dev/null | grep -q 'libcsmtp\.so\.1'; then
    say . "the program will not find libcsmtp.so.1 when it starts" \
      "install the library and run ldconfig, or link with -Wl,-rpath,FOLDER, or set LD_LIBRARY_PATH"
  fi
fi

[ $found = 1 ] || echo "nothing is left to do"
exit $found
