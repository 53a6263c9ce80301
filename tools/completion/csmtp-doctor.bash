# SPDX-License-Identifier: MIT
# Completion of csmtp-doctor for bash.
_csmtp_doctor() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  case $before in
    --ca-file|--password-file|--token-file|--oauth2-client-secret-file|--oauth2-refresh-token-file|--oauth2-certificate|--oauth2-key|--oauth2-passphrase-file|--oauth2-assertion-file|--oauth2-service-account|--oauth2-token-file)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      return ;;
    -p|--port|--ports|--timeout|--tls-name|--transport-endpoint|--oauth2-token-url|--oauth2-client-id|--oauth2-scope)
      return ;;
    --transport)
      mapfile -t COMPREPLY < <(compgen -W "microsoft-graph gmail-api" -- "$word")
      return ;;
    --oauth2-algorithm)
      mapfile -t COMPREPLY < <(compgen -W "PS256 RS256" -- "$word")
      return ;;
    --oauth2-identity)
      mapfile -t COMPREPLY < <(compgen -W "azure google" -- "$word")
      return ;;
  esac
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "--port --ports --ipv4 --ipv6 --timeout --ca-file --tls-name --insecure --transport --transport-endpoint --password-file --token-file --oauth2-token-url --oauth2-client-id --oauth2-client-secret-file --oauth2-refresh-token-file --oauth2-certificate --oauth2-key --oauth2-passphrase-file --oauth2-algorithm --oauth2-assertion-file --oauth2-service-account --oauth2-identity --oauth2-scope --oauth2-token-file --json --verbose --help --version" -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -A hostname -- "$word")
  fi
}
complete -F _csmtp_doctor csmtp-doctor
