// SPDX-License-Identifier: MIT

//go:build !linux

package mailer

import "csmtp/smtp"

// A forked child can use the library only on Linux.
type socket struct{}

func socketOf(*smtp.Session) socket { return socket{} }

func (socket) close() {}
