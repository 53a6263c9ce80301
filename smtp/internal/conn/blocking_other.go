// SPDX-License-Identifier: MIT

//go:build !linux

package conn

import (
	"context"
	"net"
	"net/netip"
)

// OnThread returns conn unchanged: connections that wait in the kernel are implemented on
// Linux only.
func OnThread(conn net.Conn) net.Conn { return conn }

// Connect is nil, which means that package net makes the connections.
var Connect func(ctx context.Context, from netip.Addr, to netip.AddrPort) (net.Conn, error)
