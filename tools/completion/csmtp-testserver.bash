# SPDX-License-Identifier: MIT
# Completion of csmtp-testserver for bash.
_csmtp_testserver() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  case $before in
    --unix|--ca-file|--client-file|--dkim-keys|--render|--ca-key-file|--dir|--ready)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      return ;;
    --script|--print-script)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -W "$(csmtp-testserver --list-scripts 2>/dev/null | cut -d' ' -f1)" -- "$word")
      return ;;
    --certificate)
      mapfile -t COMPREPLY < <(compgen -W "good expired wrong-host self-signed other-ca not-yet-valid cn-only ip-only wildcard wrong-usage with-intermediate missing-intermediate reversed-chain leaf-as-ca weak-key weak-signature" -- "$word")
      return ;;
    --newest-tls)
      mapfile -t COMPREPLY < <(compgen -W "1.0 1.1 1.2 1.3" -- "$word")
      return ;;
    --delivery)
      mapfile -t COMPREPLY < <(compgen -W "whole line byte" -- "$word")
      return ;;
    --host|--port|--tls-port|--http|--user|--token|--mechanisms|--refuse-mechanisms|--hide|--extra|--max-size|--fault|--keep|--keep-size|--max-sessions|--max-recipients|--for|--count)
      return ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "--host --port --tls-port --unix --lmtp --http --user --token --mechanisms --refuse-mechanisms --no-auth --require-login --certificate --newest-tls --modern-tls --require-tls --ca-file --ca-key-file --client-file --hide --extra --max-size --fault --script --delivery --once --list-scripts --print-script --dir --ready --keep --keep-size --discard --max-sessions --max-recipients --render --dkim-keys --show --quiet --for --count --stdin --version --help" -- "$word")
}
complete -F _csmtp_testserver csmtp-testserver
