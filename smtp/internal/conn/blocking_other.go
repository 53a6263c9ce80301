// SPDX-License-Identifier: MIT

//go:build !linux

package conn

import (
	"context"
	"net"
	"net/netip"
)

// OnThread leaves the connection to the runtime's poller.
func OnThread(conn net.Conn) net.Conn { return conn }

var Connect func(ctx context.Context, from netip.Addr, to netip.AddrPort) (net.Conn, error)
