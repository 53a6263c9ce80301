# SPDX-License-Identifier: MIT
# Completion of csmtp-doctor for bash.
_csmtp_doctor() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  case $before in
    --ca-file|--password-file|--token-file)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      return ;;
    -p|--port|--ports|--timeout|--tls-name)
      return ;;
  esac
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "--port --ports --ipv4 --ipv6 --timeout --ca-file --tls-name --insecure --password-file --token-file --json --verbose --help --version" -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -A hostname -- "$word")
  fi
}
complete -F _csmtp_doctor csmtp-doctor
