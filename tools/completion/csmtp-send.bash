# SPDX-License-Identifier: MIT
# Completion of csmtp-send for bash.
_csmtp_send() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  case $before in
    --html|-a|--attach|--record|--ca-file|--password-file|--token-file|--oauth2-client-secret-file|--oauth2-refresh-token-file|--oauth2-certificate|--oauth2-key|--oauth2-passphrase-file|--oauth2-assertion-file|--oauth2-service-account|--oauth2-token-file)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      return ;;
    --transport)
      mapfile -t COMPREPLY < <(compgen -W "smtp microsoft-graph gmail-api" -- "$word")
      return ;;
    --security)
      mapfile -t COMPREPLY < <(compgen -W "auto none starttls ssl" -- "$word")
      return ;;
    -f|--from|-t|--to|--cc|--bcc|--reply-to|-s|--subject|--header|--message-id|--charset|-p|--port|--tls-name|--transport-endpoint|-u|--user|--timeout|--oauth2-token-url|--oauth2-client-id|--oauth2-scope)
      return ;;
    --oauth2-algorithm)
      mapfile -t COMPREPLY < <(compgen -W "PS256 RS256" -- "$word")
      return ;;
    --oauth2-identity)
      mapfile -t COMPREPLY < <(compgen -W "azure google" -- "$word")
      return ;;
  esac
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "--from --to --cc --bcc --reply-to --subject --html --attach --header --message-id --charset --port --security --ca-file --tls-name --insecure --transport --transport-endpoint --user --login-required --password-file --token-file --oauth2-token-url --oauth2-client-id --oauth2-client-secret-file --oauth2-refresh-token-file --oauth2-certificate --oauth2-key --oauth2-passphrase-file --oauth2-algorithm --oauth2-assertion-file --oauth2-service-account --oauth2-identity --oauth2-scope --oauth2-token-file --timeout --record --preview --preview=browser --quiet --verbose --help --version" -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -A hostname -- "$word")
  fi
}
complete -F _csmtp_send csmtp-send
