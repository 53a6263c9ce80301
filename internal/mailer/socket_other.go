// SPDX-License-Identifier: MIT

//go:build !linux

package mailer

// socket is empty on these systems. Only forked children need it, and they can use the
// library only on Linux.
type socket struct{}

func socketOf(interface{ Control(func(uintptr)) }) socket { return socket{} }

func (socket) close() {}
