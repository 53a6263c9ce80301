# SPDX-License-Identifier: MIT
# Completion of csmtp-login for bash.
_csmtp_login() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  case $before in
    --client-secret-file|--client-file|--token-file|--ca-file)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      return ;;
    --cloud)
      mapfile -t COMPREPLY < <(compgen -W "global us-government us-dod china" -- "$word")
      return ;;
    --transport)
      mapfile -t COMPREPLY < <(compgen -W "smtp microsoft-graph gmail-api" -- "$word")
      return ;;
    --method)
      mapfile -t COMPREPLY < <(compgen -W "browser device" -- "$word")
      return ;;
    --client-id|--tenant|--port|--timeout|--scope|--server|--auth-url|--device-url|--token-url|--proxy)
      return ;;
  esac
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "--client-id --client-secret-file --client-file --tenant --cloud --method --no-browser --port --token-file --force --timeout --scope --transport --server --auth-url --device-url --token-url --ca-file --proxy --help --version" -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -W "microsoft google other" -- "$word")
  fi
}
complete -F _csmtp_login csmtp-login
