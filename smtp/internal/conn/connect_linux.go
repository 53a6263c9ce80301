// SPDX-License-Identifier: MIT

package conn

import (
	"context"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"
)

// Connect makes a TCP connection to the address 'to'. If 'from' is valid, it is the local
// address. Reads and writes of the connection wait in the kernel, and not in the runtime's
// poller. Errors from Connect have the same form as those from package net.
func Connect(ctx context.Context, from netip.Addr, to netip.AddrPort) (net.Conn, error) {
	remote := net.TCPAddrFromAddrPort(to)
	fd, call, err := connectSocket(ctx, from, to)
	if err == nil {
		var c *blocking
		if c, err = blockingTCP(fd, remote); err == nil {
			return c, nil
		}
		call = "getsockname"
	}
	if errno, ok := err.(syscall.Errno); ok {
		err = os.NewSyscallError(call, errno)
	}
	return nil, &net.OpError{Op: "dial", Net: "tcp", Addr: remote, Err: err}
}

// connectSocket returns the descriptor of a connected socket. The caller must close it. On
// failure, 'call' is the name of the system call that failed.
func connectSocket(ctx context.Context, from netip.Addr, to netip.AddrPort) (fd int, call string, err error) {
	family := syscall.AF_INET
	if !to.Addr().Unmap().Is4() {
		family = syscall.AF_INET6
	}
	if fd, err = syscall.Socket(family, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, syscall.IPPROTO_TCP); err != nil {
		return -1, "socket", err
	}
	defer func() {
		if err != nil {
			syscall.Close(fd)
		}
	}()
	for _, o := range socketOptions {
		_ = syscall.SetsockoptInt(fd, o.level, o.name, o.value) // not all systems support every option
	}
	if err = limitWaits(uintptr(fd)); err != nil {
		return fd, "setsockopt", err
	}
	if from.IsValid() {
		if err = syscall.Bind(fd, socketAddress(netip.AddrPortFrom(from, 0))); err != nil {
			return fd, "bind", err
		}
	}
	err = syscall.Connect(fd, socketAddress(to))
	for err == syscall.EINTR || err == syscall.EINPROGRESS || err == syscall.EALREADY {
		err = connected(ctx, fd)
	}
	return fd, "connect", err
}

// socketOptions are the options that package net sets by default.
var socketOptions = []struct{ level, name, value int }{
	{syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1},
	{syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, 1},
	{syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE, 15},  // seconds
	{syscall.IPPROTO_TCP, syscall.TCP_KEEPINTVL, 15}, // seconds
	{syscall.IPPROTO_TCP, syscall.TCP_KEEPCNT, 9},
}

// connected waits until the connection has been made or has failed, or ctx is done.
func connected(ctx context.Context, fd int) error {
	for !ready(uintptr(fd), pollOut, slice) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	errno, err := syscall.GetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_ERROR)
	if err == nil && errno != 0 {
		err = syscall.Errno(errno)
	}
	return err
}

func socketAddress(a netip.AddrPort) syscall.Sockaddr {
	addr := a.Addr().Unmap()
	if addr.Is4() {
		return &syscall.SockaddrInet4{Port: int(a.Port()), Addr: addr.As4()}
	}
	s := &syscall.SockaddrInet6{Port: int(a.Port()), Addr: addr.As16()}
	if zone := addr.Zone(); zone != "" {
		if i, err := net.InterfaceByName(zone); err == nil {
			s.ZoneId = uint32(i.Index)
		}
	}
	return s
}

// blockingTCP returns a connection that uses the socket fd. When the connection is closed,
// fd is closed too. If blockingTCP fails, it closes fd.
func blockingTCP(fd int, remote *net.TCPAddr) (*blocking, error) {
	file := os.NewFile(uintptr(fd), "socket")
	local := &net.TCPAddr{}
	own, err := syscall.Getsockname(fd)
	switch own := own.(type) {
	case *syscall.SockaddrInet4:
		local.IP, local.Port = own.Addr[:], own.Port
	case *syscall.SockaddrInet6:
		local.IP, local.Port, local.Zone = own.Addr[:], own.Port, remote.Zone
	}
	if err == nil && local.Port == remote.Port && local.IP.Equal(remote.IP) {
		// If the remote port is an ephemeral port of this machine on which nobody
		// listens, TCP can connect the socket to itself.
		err = syscall.ECONNREFUSED
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return newBlocking(file, local, remote)
}

// OnThread duplicates the descriptor of conn, closes conn, and returns a connection that
// uses the duplicate and waits in the kernel. If that is not possible, for example because
// conn has no descriptor, OnThread returns conn.
func OnThread(conn net.Conn) net.Conn {
	sc, ok := conn.(syscall.Conn)
	if !ok {
		return conn
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return conn
	}
	var c *blocking
	_ = raw.Control(func(fd uintptr) {
		twin, _, errno := syscall.Syscall(syscall.SYS_FCNTL, fd, syscall.F_DUPFD_CLOEXEC, 0)
		if errno != 0 {
			return
		}
		if limitWaits(twin) != nil || syscall.SetNonblock(int(twin), false) != nil {
			syscall.Close(int(twin))
			return
		}
		c, _ = newBlocking(os.NewFile(twin, "socket"), conn.LocalAddr(), conn.RemoteAddr())
	})
	if c == nil {
		return conn
	}
	conn.Close()
	return c
}

// limitWaits limits how long system calls wait on a socket. At first, recv(2) waits for at most
// the duration 'moment'; the method choose can change this. connect(2) waits for at most the
// duration 'slice'.
func limitWaits(fd uintptr) error {
	err := limitReads(fd, moment)
	if err == nil {
		wait := syscall.NsecToTimeval(int64(slice))
		err = syscall.SetsockoptTimeval(int(fd), syscall.SOL_SOCKET, syscall.SO_SNDTIMEO, &wait)
	}
	return err
}

// limitReads sets the receive timeout of a socket.
func limitReads(fd uintptr, most time.Duration) error {
	wait := syscall.NsecToTimeval(int64(most))
	return syscall.SetsockoptTimeval(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &wait)
}

func newBlocking(file *os.File, local, remote net.Addr) (*blocking, error) {
	raw, err := file.SyscallConn()
	if err != nil {
		file.Close()
		return nil, err
	}
	c := &blocking{file: file, raw: raw, local: local, remote: remote}
	c.in.use, c.out.use = c.read, c.write
	return c, nil
}
