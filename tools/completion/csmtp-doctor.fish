# SPDX-License-Identifier: MIT
# Completion of csmtp-doctor for fish.
complete -c csmtp-doctor -f
complete -c csmtp-doctor -a "(__fish_print_hostnames)"
complete -c csmtp-doctor -s p -l port -r -d "check only this port"
complete -c csmtp-doctor -l ports -r -d "check these ports"
complete -c csmtp-doctor -s 4 -l ipv4 -d "use only IPv4"
complete -c csmtp-doctor -s 6 -l ipv6 -d "use only IPv6"
complete -c csmtp-doctor -l timeout -r -d "time limit for each connection"
complete -c csmtp-doctor -l ca-file -r -F -d "PEM file of the certificate authorities to trust"
complete -c csmtp-doctor -l tls-name -r -d "name that the certificate must have"
complete -c csmtp-doctor -l insecure -d "accept every certificate"
complete -c csmtp-doctor -l password-file -r -F -d "the first line of FILE is the password"
complete -c csmtp-doctor -l token-file -r -F -d "the first line of FILE is an OAuth 2.0 access token"
complete -c csmtp-doctor -l json -d "print JSON"
complete -c csmtp-doctor -s v -l verbose -d "also print the SMTP dialogues"
complete -c csmtp-doctor -s h -l help -d "print this help"
complete -c csmtp-doctor -l version -d "print the version"
