# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Checks the Composer package. ../check.sh sources this file.
: "${root:?}" "${out:?}" "${work:?}" "${library:?}" "${platform:?}"

check_php() {
  local target=$platform package made=$work/php/made project=$work/php/project test file
  if [ "$target" = native ]; then
    case $(uname -m) in aarch64) target=linux-arm64 ;; *) target=linux-x64 ;; esac
  fi
  package=$("$root/packaging/php.sh" -o "$made" "$library" "$target")
  size "$package"
  "$root/packaging/php.sh" -o "$work/php/again" "$library" "$target" >"$work/php/log"
  cmp "$package" "$(cat "$work/php/log")" || fail "the package is not reproducible"

  mkdir -p "$project"
  export COMPOSER_HOME=$work/php/home COMPOSER_ALLOW_SUPERUSER=1 COMPOSER_NO_INTERACTION=1 COMPOSER_DISABLE_NETWORK=1
  (cd "$project" && echo '{}' >composer.json &&
    composer --quiet config repositories.packagist.org false &&
    composer --quiet config repositories.csmtp artifact "$made" &&
    composer --quiet require csmtp/libcsmtp)
  (cd "$project" && composer --quiet validate --no-check-publish)
  program PHP php >"$project/mail.php"
  start_server "$(testserver_beside "$library")"
  (cd "$project" && CSMTP_CONFIG=$work/config php -d error_reporting=-1 mail.php)
  received

  # Check the syntax of all files, and run the tests with the installed package.
  find "$root/bindings/php" "$root/examples/php" -name '*.php' -print0 | while IFS= read -r -d '' file; do
    php -l "$file" >"$work/php/log" || { cat "$work/php/log"; fail "$file has an error"; }
  done
  for test in "$root"/bindings/php/tests/*_test.php; do
    CSMTP_AUTOLOAD=$project/vendor/autoload.php CSMTP_TESTSERVER=$(testserver_beside "$library") php "$test" >"$work/php/log" 2>&1 ||
      { cat "$work/php/log"; fail "$test failed"; }
    grep -q ' 0 failed$' "$work/php/log" || { cat "$work/php/log"; fail "$test has not ended"; }
  done

  (cd "$project" && composer --quiet remove csmtp/libcsmtp)
  [ ! -e "$project/vendor/csmtp" ] || fail "files remain after composer remove"
  unset COMPOSER_HOME COMPOSER_ALLOW_SUPERUSER COMPOSER_NO_INTERACTION COMPOSER_DISABLE_NETWORK
}
