# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The check of the gem, part of ../check.sh.
: "${root:?}" "${out:?}" "${work:?}" "${library:?}" "${platform:?}"

check_ruby() {
  local target=$platform gem gems=$work/ruby/gems project=$work/ruby/project test
  [ "$target" != native ] || target=$(ruby -e 'print Gem::Platform.local')
  gem=$("$root/packaging/ruby.sh" "$library" "$target" "$work/ruby/made")
  size "$gem"
  "$root/packaging/ruby.sh" "$library" "$target" "$work/ruby/again" >"$work/ruby/log"
  cmp "$gem" "$(cat "$work/ruby/log")" || fail "the gem is not reproducible"

  mkdir -p "$project"
  unset RUBYOPT RUBYLIB BUNDLE_GEMFILE
  export GEM_HOME=$gems GEM_PATH=$gems
  gem install --local --no-document --silent --install-dir "$gems" "$gem"
  program Ruby ruby >"$project/mail.rb"
  start_server "$(testserver_beside "$library")"
  (cd "$project" && CSMTP_CONFIG=$work/config ruby -w mail.rb)
  received
  (cd "$project" && ruby -w -e 'require "libcsmtp"; puts "   version #{Csmtp.version}"')

  # Runs the tests with the installed gem. The gem minitest is found on the system, without GEM_PATH.
  unset GEM_PATH
  for test in "$root"/bindings/ruby/test/*_test.rb; do
    CSMTP_TESTSERVER=$(testserver_beside "$library") ruby -w "$test" >"$work/ruby/log" 2>&1 || { cat "$work/ruby/log"; fail "$test failed"; }
    grep -q ' 0 failures, 0 errors, 0 skips' "$work/ruby/log" || { cat "$work/ruby/log"; fail "$test has skipped tests"; }
  done

  gem uninstall --silent --all --executables --install-dir "$gems" libcsmtp
  if find "$gems" -type f -name '*csmtp*' | grep .; then fail "files remain after gem uninstall"; fi
  unset GEM_HOME
}
