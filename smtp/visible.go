// SPDX-License-Identifier: MIT

package smtp

import show "csmtp/smtp/internal/text"

// Visible returns a text from a server or a certificate in a form that is safe to
// display. It writes control characters, invisible characters, characters that change
// the direction of the text, and octets that are not UTF-8 as \xNN, \uNNNN or
// \UNNNNNNNN.
func Visible(s string) string { return show.Visible(s) }

func visible(b []byte) string { return show.Visible(b) }

func isASCII[T ~string | ~[]byte](s T) bool { return show.IsASCII(s) }
