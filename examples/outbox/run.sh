#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs the whole outbox on this machine, on loopback, as root:
#
#   run.sh [MAILS [WORKERS [RELAYS]]]
#
# It starts nats-server, RELAYS Postfix relays (by default 2) that discard the mails, and WORKERS
# workers (3). Then it sends MAILS mails (1,000), waits until all of them have been accepted, and
# prints the counts. Set OUTBOX_BIN to the folder of the programs. To use PostgreSQL, set LEDGER,
# for instance to postgresql://user@host/database.
set -euo pipefail
mails=${1:-1000} workers=${2:-3} relays=${3:-2}
here=$(cd "$(dirname "$0")" && pwd)
bin=${OUTBOX_BIN:-$here/../../build/cmake/examples/outbox}
[ -x "$bin/outbox-worker" ] || { echo "no outbox-worker in $bin: set OUTBOX_BIN" >&2; exit 1; }

dir=$(mktemp -d /tmp/outbox-XXXXXX)
chmod 755 "$dir"
started=()
stop() {
  # End the workers first: without the queue, they would report errors.
  [ ${#started[@]} -lt 2 ] || { kill "${started[@]:1}" && wait "${started[@]:1}"; } 2>/dev/null || true
  [ ${#started[@]} -eq 0 ] || kill "${started[0]}" 2>/dev/null || true
  wait
  local etc
  for etc in "$dir"/relay*/etc; do
    [ ! -d "$etc" ] || postfix -c "$etc" stop >/dev/null 2>&1 || true
  done
  rm -rf "$dir"
}
trap stop EXIT
trap 'exit 1' INT TERM

free_port() { # prints a port on which nothing listens, below the range for outgoing connections
  local port
  while port=$((20000 + RANDOM % 12000)) && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo "$port"
}

queue_port=$(free_port)
nats-server -a 127.0.0.1 -p "$queue_port" -js -sd "$dir/nats" >"$dir/nats.log" 2>&1 &
started+=($!)

options=()
for ((i = 1; i <= relays; i++)); do
  port=$(free_port)
  "$here/relay.sh" "$dir/relay$i" "$port" discard:
  postfix -c "$dir/relay$i/etc" start >/dev/null 2>&1
  options+=(--relay "relay$i=127.0.0.1:$port,$dir/relay$i/maillog")
done

queue=nats://127.0.0.1:$queue_port
ledger=${LEDGER:-sqlite:$dir/ledger.db}
accepted() { "$bin/outbox-count" "$ledger" | sed -n 's/^accepted\t//p' | grep . || echo 0; }
earlier=$(accepted) # from earlier runs with the same ledger
for ((i = 1; i <= workers; i++)); do
  "$bin/outbox-worker" --queue "$queue" --ledger "$ledger" "${options[@]}" &
  started+=($!)
done

# cpu PID...: prints the CPU time of processes, in seconds. It includes the CPU time of
# their children that have ended.
cpu() {
  local pid
  for pid in "$@"; do
    cat "/proc/$pid/stat" 2>/dev/null || true
  done | sed 's/.*) //' | awk -v ticks="$(getconf CLK_TCK)" '{ n += $12 + $13 + $14 + $15 } END { printf "%.1f", n / ticks }'
}

began=$(date +%s.%N)
"$bin/outbox-send" "$queue" "run-$(date +%s)" "$mails"
last=$(accepted) changed=$SECONDS
until [ "$last" -ge $((earlier + mails)) ]; do
  for process in "${started[@]}"; do
    kill -0 "$process" 2>/dev/null || { echo "a process has ended; its output is above" >&2; exit 1; }
  done
  sleep 0.5
  now=$(accepted)
  [ "$now" = "$last" ] || changed=$SECONDS
  last=$now
  [ $((SECONDS - changed)) -lt 300 ] || { echo "no mail was accepted in the last five minutes" >&2; exit 1; }
done
seconds=$(awk "BEGIN { printf \"%.1f\", $(date +%s.%N) - $began }")

delivered() { sed -n 's/.*: message-id=\(<[^>]*>\)$/\1/p' "$dir"/relay*/maillog | sort; }
echo "accepted: $(($(accepted) - earlier)) mails in $seconds s, according to the ledger"
echo "queued:   $(delivered | wc -l) mails with $(delivered | uniq | wc -l) different Message-IDs, according to the logs of the relays"
mapfile -t masters < <(cat "$dir"/relay*/queue/pid/master.pid | tr -d ' ')
mapfile -t daemons < <(printf '%s\n' "${masters[@]}" | xargs -n 1 pgrep -P)
echo "CPU time: nats-server $(cpu "${started[0]}") s, workers $(cpu "${started[@]:1}") s, relays $(cpu "${masters[@]}" "${daemons[@]}") s"
"$bin/outbox-count" "$ledger"
