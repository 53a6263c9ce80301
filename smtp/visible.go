// SPDX-License-Identifier: MIT

package smtp

import show "csmtp/smtp/internal/text"

// Visible returns a text from a server or a certificate in a form that is safe to
// display. It writes control characters, invisible characters, characters that change
// the direction of the text, and octets that are not UTF-8 as \xNN, \uNNNN or
// \UNNNNNNNN.
func Visible(s string) string { return show.Visible(s) }

// FindControl returns the name of the first control character of s, such as "line feed",
// and its place, counted in octets from 1. The place is 0 if there is no control
// character.
func FindControl(s string) (name string, place int) { return show.FindControl(s) }

// FindInPath finds the first control character of a path, as FindControl does. The result
// 'help' says how to correct the path.
func FindInPath(path string) (name string, place int, help string) { return show.FindInPath(path) }

func visible(b []byte) string { return show.Visible(b) }

func isASCII[T ~string | ~[]byte](s T) bool { return show.IsASCII(s) }
