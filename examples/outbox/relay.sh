#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Writes the configuration of a Postfix relay for this machine:
#
#   relay.sh DIR PORT TRANSPORT
#
# The relay listens on 127.0.0.1:PORT, keeps its queue and its log below DIR, and passes its
# mails to TRANSPORT, for instance smtp:[127.0.0.1]:2525, or discard:. To start it as root:
# postfix -c DIR/etc start
set -euo pipefail
dir=$1 port=$2 transport=$3

mkdir -p "$dir/etc" "$dir/queue" "$dir/data"
chmod 755 "$dir" "$dir/etc" "$dir/queue"
chown postfix "$dir/data"

cat > "$dir/etc/main.cf" <<EOF
compatibility_level = 3.6
queue_directory = $dir/queue
data_directory = $dir/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = $dir/maillog
maillog_file_prefixes = $dir
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
myhostname = $(basename "$dir").example.com
mydestination =
alias_maps =
alias_database =
smtp_host_lookup = native
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_mynetworks, reject
default_transport = $transport

# RelayLog identifies a mail in the log by its queue id, so Postfix must not use a queue id twice.
enable_long_queue_ids = yes
# The queue manager must log each mail soon after the mail was accepted, even if many mails wait for
# delivery.
qmgr_message_active_limit = 200000
# Only the workers use the relay, so the number of their sessions is not limited.
smtpd_client_connection_count_limit = 0
# Mails that could not be delivered are tried again after 5 s.
queue_run_delay = 5s
minimal_backoff_time = 5s
maximal_backoff_time = 10s
EOF

cat > "$dir/etc/master.cf" <<EOF
127.0.0.1:$port inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
# The relay delivers one mail at a time. So if it is killed, it delivers at most one mail twice.
smtp unix - - n - 1 smtp
relay unix - - n - 1 smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
EOF
