# SPDX-License-Identifier: MIT
# Completion of csmtp-send for bash.
_csmtp_send() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  case $before in
    --html|-a|--attach|--ca-file|--password-file|--token-file)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      return ;;
    --transport)
      mapfile -t COMPREPLY < <(compgen -W "smtp microsoft-graph gmail-api" -- "$word")
      return ;;
    --security)
      mapfile -t COMPREPLY < <(compgen -W "auto none starttls ssl" -- "$word")
      return ;;
    -f|--from|-t|--to|--cc|--bcc|--reply-to|-s|--subject|--header|--message-id|--charset|-p|--port|--tls-name|--transport-endpoint|-u|--user|--timeout)
      return ;;
  esac
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "--from --to --cc --bcc --reply-to --subject --html --attach --header --message-id --charset --port --security --ca-file --tls-name --insecure --transport --transport-endpoint --user --login-required --password-file --token-file --timeout --preview --quiet --verbose --help --version" -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -A hostname -- "$word")
  fi
}
complete -F _csmtp_send csmtp-send
