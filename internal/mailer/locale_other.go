// SPDX-License-Identifier: MIT

//go:build !windows

package mailer

// systemCharset returns "", because on Unix the environment names the charset of the
// locale.
func systemCharset() string { return "" }
