// SPDX-License-Identifier: MIT

//go:build !linux

package mailer

// socket is empty, because a forked child can use the library only on Linux.
type socket struct{}

func socketOf(interface{ Control(func(uintptr)) }) socket { return socket{} }

func (socket) close() {}
