// SPDX-License-Identifier: MIT

//go:build !linux

package mailer

import "csmtp/smtp"

// Only on Linux a forked child can use the library.
type socket struct{}

func socketOf(*smtp.Session) socket { return socket{} }

func (socket) close() {}
