// SPDX-License-Identifier: MIT

// Package smtptest contains two servers to test SMTP clients. A Server plays one
// transcript exactly as it is written. A MailServer receives mail like a correct server,
// or misbehaves on request. It can also play transcripts, and answer normally before,
// between and after their steps. The servers share no code with package smtp, and therefore
// no bugs. NewTest starts a MailServer for a test in Go. The command csmtp-testserver starts
// one for programs in other languages.
//
// # Transcripts
//
// A transcript, also called a script, is a text file that consists of a header with lines
// of the form "key: value", a blank line, and a dialogue.
//
//	description: the second recipient is refused
//	security: none
//	from: alice@test.example
//	to: bob@test.example
//	to: nobody@test.example
//	expect: 309
//	expect-op: RCPT
//	expect-kind: refused
//	expect-outcome: REJECTED_PERMANENT
//	expect-text: 550 5.1.1 No such user
//
//	S: 220 test.example ESMTP
//	C: EHLO *
//	S: 250 test.example
//	C: MAIL FROM:<alice@test.example>
//	S: 250 OK
//	C: RCPT TO:<bob@test.example>
//	S: 250 OK
//	C: RCPT TO:<nobody@test.example>
//	S: 550 5.1.1 No such user
//	* leave
//
// Lines that begin with # are comments; blank lines in the dialogue are ignored. The line
// ends of the file do not matter: the server writes and requires CRLF.
//
// # Dialogue
//
//	S: text             the server sends text and CRLF
//	C: pattern          the client must send this line; * stands for one or
//	                    more octets, \* for a star
//	C: ~expression      the client must send a line that is matched, from its
//	                    beginning to its end, by this regular expression
//	C...                the client must send message content and the line with a
//	                    single dot; lines must end in CRLF and have at most 998
//	                    octets; the content is kept without the dot-stuffing
//	C... ~expression    the same, and the expression must be found in it
//	C... !expression    the same, and the expression must not be found in it; the
//	                    expression must begin with (?m)^, because otherwise
//	                    random text could match it
//	C... N lines        the client must send N lines of content, which are not kept
//	=== connection N    the client must connect again; optional before the first
//	                    connection
//
// In each of these lines, {base64 "text"} is replaced by the base64 of text, which is quoted
// as in Go: for example, C: AUTH PLAIN {base64 "\x00alice\x00secret"}.
//
// The server collects its output until a step does something other than add output, for
// example until the server waits for the client. It then sends the output in one write (mode
// Whole), in one write per line (ByLine) or in one write per octet (ByByte).
//
// Directives, each of which is on a line of its own:
//
//   - tls                 TLS begins with the connection (implicit TLS)
//   - starttls            TLS begins here, after the 220
//   - auth MECHANISM      AUTH and its exchange without the final reply, which is the
//     next step; the client's responses must be right for the
//     login, password and token in the header
//   - forged MECHANISM    the same, but the server sends a wrong proof, and the client
//     must cancel
//   - serve until VERB N  the server answers normally until the Nth command with this
//     verb arrives, or the first one if N is absent; the next
//     step reads this command
//   - bdat                one BDAT command with its octets; the message is kept
//     after LAST
//   - raw "octets"        the server sends these octets, quoted as in Go, together
//     with the output that it has collected
//   - repeat N "octets"   the server sends these octets N times
//   - flush               the server sends the output that it has collected
//   - wait 50ms           a pause
//
// and, as the last step of a connection:
//
//   - serve               the server answers normally until the client leaves
//   - leave               the client is allowed to send RSET and QUIT before it
//     closes; for the end of scripts that test something else
//   - expect-close        the client must close and send nothing more
//   - expect-tls-failure  after "tls" or "starttls": the client must abort the
//     handshake and send no octet of SMTP
//   - close               the server closes TLS, if it is used, and then TCP
//   - cut                 the server closes TCP without closing TLS
//   - reset               the server resets the TCP connection
//   - stall               the server sends nothing and reads everything until the
//     client closes
//   - drip 20ms "octets"  the server sends these octets repeatedly, one every 20 ms,
//     until the client closes
//
// The steps of the script before serve determine the state with which serve begins: the
// keywords in the reply to EHLO, the login, and the mail transaction.
//
// If the last step of a connection is not one of these, but for example the 221 reply to QUIT,
// the server closes the connection after it. The client must close the connection too, and
// send nothing more. A client that opens a connection that is not in the script deviates from
// the script.
//
// # Header
//
// The header is optional. Settings for the client and the server:
//
//	description           one sentence
//	security              none, starttls, starttls-if-offered or tls
//	certificate           the certificate of the server: good (if absent), expired,
//	                      self-signed or another name of package certs
//	newest-tls            1.0 ... 1.3: the newest version that the server supports
//	delivery              whole, line or byte: the script is played in this mode only,
//	                      because the other modes are not reproducible or too slow
//	verify                no: the client does not check the certificate
//	action                connect: connect and disconnect, no mail; else send
//	mails                 how many times the mail is sent in one session; 1 if absent
//	timeout               milliseconds for each step; the client's default if absent
//	local-name            argument of EHLO
//	lmtp                  yes: LHLO, and one reply per recipient
//	authenticate          no: do not log in, even if AUTH is offered
//	login, password       absent: do not log in; empty: log in without a name or password
//	token                 OAuth 2.0 access token, for XOAUTH2 and OAUTHBEARER
//	clear-login           yes: the program explicitly allows a login without TLS;
//	                      this is required to send a token without TLS
//	login-required        yes: the program sends nothing without a login
//	mechanism             the only SASL mechanism that the client is allowed to use
//	from                  sender@test.example if absent
//	to, cc, bcc           may repeat; if all are absent, "to" is rcpt@test.example
//	partial               yes: the mail is sent even if a recipient is refused
//	subject               "A test" if absent
//	line                  may repeat; a line of the body; "Hello." if absent
//	attachment-size       the number of octets of an attached file
//
// Settings for serve, and for a script that a MailServer plays:
//
//	hide                  may repeat; a keyword that is not offered
//	extra                 may repeat; an additional line of the reply to EHLO
//	fault                 may repeat; a fault in the form that ParseFault parses; the
//	                      script fails if the fault does not occur
//	max-size              size limit of a mail in octets
//	repeat                yes: after its last connection, the script begins again
//
// With action send, the client connects, sends and disconnects. It stops at the first
// error, and these keys describe that error:
//
//	expect                ok, or the number of the ECSmtp error
//	expect-op             the step that failed: connect, TLS, greeting, EHLO,
//	                      STARTTLS, AUTH, MAIL, RCPT, DATA, body, end of data
//	expect-kind           the kind of the error: resolve, dial, timeout, closed, TLS,
//	                      refused, protocol, unsupported, local, canceled
//	expect-outcome        the outcome of the last mail: NOT_SENT, ACCEPTED, PARTIAL,
//	                      REJECTED_TEMPORARY, REJECTED_PERMANENT, IN_DOUBT
//	expect-outcomes       all mails are sent in one batch: the outcome of each mail;
//	                      the other keys then describe the first error of the batch
//	expect-text           may repeat; part of the error text
//	expect-reply-code     the code of the reply that caused the error
//	expect-enhanced-code  its enhanced status code
//	expect-recipient      the recipient that the error names
//	expect-accepted       the number of mails that were accepted
//	expect-safe-to-retry  yes or no
package smtptest
