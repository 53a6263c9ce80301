# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Checks the gem. ../check.sh sources this file.
: "${root:?}" "${out:?}" "${work:?}" "${library:?}" "${platform:?}"

# Runs the command from docs/install.md that installs the gem for a user, with an empty home directory.
install_for_a_user() { # install_for_a_user GEM
  local command home=$work/ruby/home
  command=$(sed -n 's|^\(gem install .*\) /path/to/csmtp/build/ruby/.*\.gem$|\1|p' "$root/docs/install.md")
  [ -n "$command" ] || fail "docs/install.md has no 'gem install' command for a file"
  mkdir -p "$home"
  # shellcheck disable=SC2016 # Ruby expands the variables
  (unset GEM_HOME GEM_PATH && export HOME=$home XDG_DATA_HOME=$home/.local/share &&
    $command --no-document --silent "$1" && cd "$home" &&
    ruby -e 'require "csmtp"; abort "not in HOME" unless $LOADED_FEATURES.grep(/csmtp/).all? { |path| path.start_with?(ENV["HOME"]) }') ||
    fail "the gem cannot be installed with: $command"
}

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
  install_for_a_user "$gem"
  program Ruby ruby >"$project/mail.rb"
  start_server "$(testserver_beside "$library")"
  (cd "$project" && CSMTP_CONFIG=$work/config ruby -w mail.rb)
  received
  (cd "$project" && ruby -w -e 'require "libcsmtp"; puts "   version #{Csmtp.version}"')

  # Run the tests with the installed gem. Without GEM_PATH, Ruby finds the system's gem minitest.
  unset GEM_PATH
  for test in "$root"/bindings/ruby/test/*_test.rb; do
    CSMTP_TESTSERVER=$(testserver_beside "$library") ruby -w "$test" >"$work/ruby/log" 2>&1 || { cat "$work/ruby/log"; fail "$test failed"; }
    grep -q ' 0 failures, 0 errors, 0 skips' "$work/ruby/log" || { cat "$work/ruby/log"; fail "$test has skipped tests"; }
  done

  gem uninstall --silent --all --executables --install-dir "$gems" libcsmtp
  if find "$gems" -type f -name '*csmtp*' | grep .; then fail "files remain after gem uninstall"; fi
  unset GEM_HOME
}
