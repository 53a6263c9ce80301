// SPDX-License-Identifier: MIT

// Package smtp implements a client for message submission (RFC 6409). Dial connects,
// starts TLS and logs in. The Session that it returns sends mails, and reports the
// result for each recipient.
//
// A mail has an Envelope (reverse-path and forward-paths) and a Message, which is
// any io.WriterTo. Errors are of type *Error.
//
// Implemented: RFC 5321 (SMTP), 6409 (submission), 8314 (implicit TLS), 3207
// (STARTTLS), 4954 (AUTH), 2920 (PIPELINING), 1870 (SIZE), 6152 (8BITMIME),
// 6531 (SMTPUTF8), 3461 (DSN), 2034 and 3463 (enhanced status codes), 3030
// (CHUNKING, BINARYMIME), 9422 (LIMITS), 6710 (MT-PRIORITY), 2852 (DELIVERBY),
// 4865 (FUTURERELEASE), 8689 (REQUIRETLS), 2033 (LMTP).
package smtp
