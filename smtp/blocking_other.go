// SPDX-License-Identifier: MIT

//go:build !linux

package smtp

import (
	"net"
	"syscall"
)

// onThread leaves the connection to the runtime's poller.
func onThread(conn net.Conn) net.Conn { return conn }

func connectOnThread(syscall.RawConn) {}
