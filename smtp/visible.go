// SPDX-License-Identifier: MIT

package smtp

import show "csmtp/smtp/internal/text"

// Visible returns text that others wrote, a server or a certificate, in a form
// in which every character shows itself and nothing else: controls, characters
// that turn the direction of writing, invisible ones and octets that are not
// UTF-8 are spelled \xNN, \uNNNN or \UNNNNNNNN.
func Visible(s string) string { return show.Visible(s) }

func visible(b []byte) string { return show.Visible(b) }

func isASCII(s string) bool { return show.IsASCII(s) }
