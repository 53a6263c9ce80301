// SPDX-License-Identifier: MIT

// Package message builds Internet messages and streams them. A Message contains what a program
// sets: addresses, a subject, bodies and attachments, in the program's own charset. Render
// checks the message, computes its size, and chooses the values that must be the same if the
// message is sent again, such as the Message-ID. Render returns a Rendered, which writes the
// message with CRLF line ends. A Rendered reads attachments in blocks, so that memory use does
// not depend on their size. Package smtp does the dot-stuffing. This package does not use the
// network.
//
// Implemented: RFC 5322 (message format), 2045 to 2047 and 2049 (MIME), 2183
// (Content-Disposition), 2231 (parameters), 2387 (multipart/related), 2392
// (Content-ID), 2369 and 8058 (List-Unsubscribe), 3676 (format=flowed), 3834
// (Auto-Submitted), 5890 to 5892 (IDN), 6047 (iMIP), 6376 and 8463 (DKIM),
// 6532 (internationalised headers), 8098 (MDN request), 8551 (S/MIME signing).
package message
