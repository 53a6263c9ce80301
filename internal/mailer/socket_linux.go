// SPDX-License-Identifier: MIT

package mailer

import (
	"syscall"
)

// socket identifies the descriptor of a connection.
type socket struct {
	fd       int
	dev, ino uint64 // 0 if there is no connection
}

func socketOf(session interface{ Control(func(uintptr)) }) (s socket) {
	session.Control(func(fd uintptr) { s = socketAt(int(fd)) })
	return s
}

func socketAt(fd int) socket {
	var st syscall.Stat_t
	if syscall.Fstat(fd, &st) != nil || st.Mode&syscall.S_IFMT != syscall.S_IFSOCK {
		return socket{}
	}
	return socket{fd, uint64(st.Dev), st.Ino}
}

// close closes the descriptor in a child, unless it no longer refers to the parent's
// connection. It sends nothing, and the parent can still use the connection.
func (s socket) close() {
	if s != (socket{}) && socketAt(s.fd) == s {
		syscall.Close(s.fd)
	}
}
