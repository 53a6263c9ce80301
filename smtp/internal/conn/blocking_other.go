// SPDX-License-Identifier: MIT

//go:build !linux

package conn

import (
	"context"
	"net"
	"net/netip"
)

// OnThread returns conn, which waits in the runtime's poller.
func OnThread(conn net.Conn) net.Conn { return conn }

// Connect is nil, so that package net makes the connections.
var Connect func(ctx context.Context, from netip.Addr, to netip.AddrPort) (net.Conn, error)
