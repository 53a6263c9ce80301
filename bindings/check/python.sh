# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Checks the wheel. ../check.sh sources this file.
: "${root:?}" "${out:?}" "${work:?}" "${library:?}" "${platform:?}"

check_python() {
  local tag=$platform wheel python
  [ "$tag" != native ] || tag=linux_$(uname -m)
  # Even if the folder contains other wheels, packaging/python.sh must print the name of the wheel
  # that it has made.
  local other
  mkdir "$work/wheel"
  for other in "$tag" manylinux_2_17_x86_64; do touch "$work/wheel/libcsmtp-99.0.0-py3-none-$other.whl"; done
  wheel=$("$root/packaging/python.sh" "$library" "$tag" "$work/wheel")
  [[ $wheel != *-99.0.0-* ]] || fail "packaging/python.sh prints the name of another wheel: $wheel"
  rm "$work"/wheel/libcsmtp-99.0.0-*
  size "$wheel"
  python3 -m venv "$work/empty"
  python=$work/empty/bin/python
  "$python" -m pip -q --disable-pip-version-check install --no-index --find-links "$work/wheel" libcsmtp
  program Python python >"$work/mail.py"
  start_server "$python" -m csmtp_testserver
  (cd "$work" && CSMTP_CONFIG=$work/config "$python" -I mail.py)
  received

  local tools=$out/python-checks requirements=$root/packaging/python-checks.txt
  if ! cmp -s "$requirements" "$tools/requirements.txt"; then
    rm -rf "$tools"
    python3 -m venv "$tools"
    "$tools/bin/pip" -q --disable-pip-version-check install -r "$requirements"
    cp "$requirements" "$tools/"
  fi
  # Check the types of two programs that use the installed package, and of the package itself.
  "$tools/bin/mypy" --strict --cache-dir "$work/mypy" --python-executable "$python" "$work/mail.py" "$root/bindings/python/typed_example.py"
  "$tools/bin/mypy" --strict --cache-dir "$work/mypy" --python-executable "$tools/bin/python" -p csmtp -p csmtp_testserver \
    --config-file <(printf '[mypy]\nmypy_path = %s\n' "$root/bindings/python")
  local wrong
  for wrong in 'csmtp.Mailer().set_x_priority("high")' 'csmtp.Mailer().send_batch([csmtp.Pool()])' 'csmtp.Pool().submit(csmtp.Pool())'; do
    "$tools/bin/mypy" --strict --cache-dir "$work/mypy" --python-executable "$python" -c "import csmtp; $wrong" >"$work/types" || true
    grep -q 'has incompatible type' "$work/types" || { cat "$work/types"; fail "mypy accepts $wrong"; }
  done
  if [ "$platform" != native ]; then
    PATH=$tools/bin:$PATH "$tools/bin/auditwheel" show "$wheel" | tee "$work/audit"
    grep -q '"manylinux_2_17_x86_64"' "$work/audit" || fail "the wheel does not fit manylinux_2_17"
  fi
  "$python" -m pip -q --disable-pip-version-check uninstall -y libcsmtp
  if compgen -G "$work/empty/lib/python*/site-packages/*csmtp*"; then fail "files remain after pip uninstall"; fi
}
