// SPDX-License-Identifier: MIT

//go:build !linux

package smtp

import (
	"context"
	"net"
	"net/netip"
)

// onThread leaves the connection to the runtime's poller.
func onThread(conn net.Conn) net.Conn { return conn }

var connectOnThread func(ctx context.Context, from netip.Addr, to netip.AddrPort) (net.Conn, error)
