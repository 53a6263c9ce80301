// SPDX-License-Identifier: MIT

// Package smtp is one client session of message submission (RFC 6409): it
// connects, secures, authenticates, and carries mail transactions, and tells
// its caller the truth about each recipient.
//
// The words are those of the RFCs: a Session carries mail transactions, each
// with an Envelope (reverse-path and forward-paths) and a message, which is
// any io.WriterTo. A failure is an *Error with parts; the text is made at the
// edge.
//
// Implemented: RFC 5321 (SMTP), 6409 (submission), 8314 (implicit TLS), 3207
// (STARTTLS), 4954 (AUTH), 2920 (PIPELINING), 1870 (SIZE), 6152 (8BITMIME),
// 6531 (SMTPUTF8), 3461 (DSN), 2034 and 3463 (enhanced status codes), 3030
// (CHUNKING, BINARYMIME), 9422 (LIMITS), 6710 (MT-PRIORITY), 2852 (DELIVERBY),
// 4865 (FUTURERELEASE), 8689 (REQUIRETLS), 2033 (LMTP).
package smtp
