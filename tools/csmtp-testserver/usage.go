// SPDX-License-Identifier: MIT

package main

const usage = `usage: csmtp-testserver [options]
       csmtp-testserver --render [options] [FILE]

Runs a mail server for tests on this computer. It keeps the mails that it receives,
shows them in a browser, and delivers none of them. On request it misbehaves.

Where it listens:
  --host ADDRESS       address to listen on (default 127.0.0.1: this computer only)
  --port N             port with STARTTLS (default: a free one)
  --tls-port N         port on which TLS begins with the connection (default: a free one)
  --unix PATH          also listen on this Unix socket
  --lmtp               speak LMTP instead of SMTP
  --http [ADDRESS:]PORT   port of the inbox and of the JSON interface, on the loopback
                       interface (default: a free one)

Logins:
  --user LOGIN:PASSWORD   accept this login; may be repeated (default: alice@test.example
                       with the password "s3cret pass")
  --token LOGIN:TOKEN  accept this OAuth 2.0 access token; may be repeated (default:
                       alice@test.example:good-token)
  --mechanisms NAMES   offer only these SASL mechanisms, such as "PLAIN,LOGIN"
  --refuse-mechanisms NAMES   offer these mechanisms, but refuse their logins
  --no-auth            do not offer AUTH
  --require-login      refuse mail before a login

TLS:
  --certificate KIND   good, expired, wrong-host, self-signed ... (see the manual)
  --newest-tls VERSION newest TLS version: 1.0, 1.1, 1.2 or 1.3
  --modern-tls         refuse TLS 1.1 and older
  --require-tls        refuse logins and mail without TLS
  --ca-file FILE       write the authority's certificate to FILE (default DIR/ca.pem)
  --ca-key-file FILE   also write the authority's key, for certificates of your own
  --client-file FILE   write a client certificate with its key, for the login EXTERNAL as
                       user@csmtp.example

Behaviour:
  --hide KEYWORD       do not offer this extension, such as PIPELINING; may be repeated
  --extra LINE         additional line of the reply to EHLO; may be repeated
  --max-size N         maximum size of a mail in octets (default 64 MiB)
  --fault FAULT        misbehave, such as "RCPT: 452 4.2.2 Full", "end of data#1: close",
                       "body+100: reset", "byte", "latency 20ms"; may be repeated
  --script NAME|FILE   play a built-in script or one of your own to the next clients
  --delivery MODE      how a script's output is sent: whole, line or byte
  --once               exit when the script has been played: with status 0 if the client
                       followed it, else 1
  --list-scripts       print the names of the built-in scripts
  --print-script NAME  print a built-in script

What it keeps:
  --dir DIR            folder for ca.pem, the file ready, and mails as N.eml and N.json
                       (default: a temporary folder, and mails in memory only)
  --ready FILE         write the addresses to FILE when the server listens (default
                       DIR/ready)
  --keep N             keep at most N mails (default 1000)
  --keep-size N        keep at most N octets of mails in memory (default 256 MiB)
  --discard            do not keep the content of the mails
  --max-sessions N     maximum number of sessions at the same time (default 100)
  --max-recipients N   maximum number of recipients of a mail (default 1000)

The inbox:
  --render             show the message in FILE or standard input in a browser, without a
                       mail server; exit when the browser closes the page
  --dkim-keys FILE     verify DKIM signatures with these DNS records, in the form of a
                       zone file: "s1._domainkey.example.com. IN TXT ..."

How it runs:
  --show               print each mail
  --quiet              do not print the dialogues
  --for TIME           exit after this time, such as 30s or 10m
  --count N            exit when N mails have been received and no session is open
  --stdin              exit at the end of standard input
  --version            print the version
  --help               print this help

Exit status: 0 success; 1 a client did not follow the script of --once, or the server
failed; 2 an option is wrong.
`
