// SPDX-License-Identifier: MIT

// Package smtptest has two servers to test a client of SMTP with: one that
// plays a transcript, octet by octet as written, and one that receives mail as
// a good server does, or misbehaves where it is told to. Neither shares code
// with package smtp, so that an error there cannot hide itself here. Command
// smtptestd runs both for programs in other languages.
//
// # Transcripts
//
// A transcript is a text file: a header of "key: value" lines, a blank line,
// and a dialogue.
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
// Lines that begin with # are comments; so are blank lines in the dialogue.
// Line ends of the file do not matter: CRLF is written, and demanded.
//
// # Dialogue
//
//	S: text             the server says text and CRLF
//	C: pattern          the client must say just this line; * stands for one or
//	                    more octets, \* for a star
//	C: ~expression      the same with a regular expression over the whole line
//	C...                message content up to the lone dot, strictly CRLF and at
//	                    most 998 octets a line; it is kept, dots unstuffed
//	C... ~expression    the same, and the expression must be found in it
//	C... !expression    the same, and the expression must not be found in it;
//	                    it begins with (?m)^, for random text may hold any word
//	C... N lines        only the first N lines of it; not kept
//	=== connection N    the client connects anew; the first may go without
//
// In all of these {base64 "text"} stands for the base64 of text, which is
// quoted as in Go: C: AUTH PLAIN {base64 "\x00alice\x00secret"}.
//
// What the server says is held back until it waits for the client or does
// something else, and then leaves in one write (mode Whole), one a line (ByLine)
// or one an octet (ByByte).
//
// Directives, alone on their line:
//
//   - tls                 TLS begins with the connection (implicit TLS)
//   - starttls            TLS begins here, after the 220
//   - auth MECHANISM      AUTH and its exchange up to the last reply; what the
//     client proves is verified against login, password and
//     token of the header
//   - bdat                one BDAT command with its octets; kept when LAST
//   - raw "octets"        these octets, quoted as in Go, within the same write
//   - repeat N "octets"   these octets N times, while the client takes them
//   - flush               what was said leaves before anything else is said
//   - wait 50ms           a pause
//
// and, as the last of a connection:
//
//   - leave               the client may say RSET and QUIT, or just close; for
//     scripts whose point is past
//   - expect-close        the client must close without another word
//   - expect-tls-failure  after "tls" or "starttls": the client must give the
//     handshake up; no octet of SMTP may come
//   - close               the server closes, TLS first
//   - cut                 the server's TCP ends, TLS is not closed
//   - reset               the server resets the TCP connection
//   - stall               the server is silent, and takes what comes, until the
//     client closes
//   - drip 20ms "octets"  the server says these octets again and again, one each
//     20 ms, until the client closes
//
// A connection that ends otherwise, say with the 221 to QUIT, is closed by the
// server, and the client must do the same without another word. A connection
// beyond the script is an error.
//
// # Header
//
// What the client is to be told:
//
//	description           one sentence
//	security              none, starttls, starttls-if-offered or tls
//	certificate           what the server presents: good (if absent), expired,
//	                      self-signed ...: the names of package certs
//	newest-tls            1.0 ... 1.3: the newest version the server speaks
//	delivery              whole, line or byte: the only mode to play it in, where
//	                      others would differ from run to run, or only take time
//	verify                no: the client does not check the certificate
//	action                connect: connect and disconnect, no mail; else send
//	mails                 how often the mail is sent within one session; 1
//	timeout               milliseconds for each step; the client's default
//	local-name            argument of EHLO
//	lmtp                  yes: LHLO, and a reply a recipient
//	authenticate          no: no login, whatever is offered
//	login, password       absent: no login; there, but empty: login without one
//	token                 OAuth 2.0 access token, for XOAUTH2 and OAUTHBEARER
//	clear-login           yes: the program allows logins without TLS itself,
//	                      which a token needs
//	mechanism             the only one allowed
//	from                  sender@test.example if absent
//	to, cc, bcc           may repeat; one "to" of rcpt@test.example if all absent
//	partial               yes: send although a recipient is refused
//	subject               "A test" if absent
//	line                  may repeat; a line of the body; "Hello." if absent
//	attachment-size       attach a file of so many octets
//
// A client that is told "send" connects, sends, and disconnects. The first
// failure ends that, and its error is the one to compare:
//
//	expect                ok, or the number of the ECSmtp error
//	expect-op             where: connect, TLS, greeting, EHLO, STARTTLS, AUTH,
//	                      MAIL, RCPT, DATA, body, end of data
//	expect-kind           what: resolve, dial, timeout, closed, TLS, refused,
//	                      protocol, unsupported, local, canceled
//	expect-outcome        of the last mail: NOT_SENT, ACCEPTED, PARTIAL,
//	                      REJECTED_TEMPORARY, REJECTED_PERMANENT, IN_DOUBT
//	expect-outcomes       of each mail, in a transcript for a batch: the mails
//	                      in one call, and the first error counts
//	expect-text           may repeat; found in the text of the error
//	expect-reply-code     the reply that is the cause
//	expect-enhanced-code  its enhanced status code
//	expect-recipient      the recipient the error names
//	expect-accepted       how many mails were accepted
//	expect-safe-to-retry  yes or no
package smtptest
