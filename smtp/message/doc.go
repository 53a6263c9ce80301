// SPDX-License-Identifier: MIT

// Package message makes Internet messages and streams them. A Message is what
// a program says: addresses, a subject, bodies and attachments, in the
// program's own charset. Render checks all of it, fixes what must stay the
// same in a retry and computes the size; the Rendered that it gives back
// writes the message with CRLF line ends, reading attachments in blocks, so
// that memory stays constant whatever their size. Dot-stuffing belongs to the
// floor above. There is no network here.
//
// Implemented: RFC 5322 (message format), 2045 to 2047 and 2049 (MIME), 2183
// (Content-Disposition), 2231 (parameters), 2387 (multipart/related), 2392
// (Content-ID), 2369 and 8058 (List-Unsubscribe), 3676 (format=flowed), 3834
// (Auto-Submitted), 5890 to 5892 (IDN), 6047 (iMIP), 6376 and 8463 (DKIM),
// 6532 (internationalised headers), 8098 (MDN request), 8551 (S/MIME signing).
package message
