// SPDX-License-Identifier: MIT

package conn

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"syscall"
	"testing"
	"time"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var anywhere netip.Addr

// closedPort returns an address of 127.0.0.1 at which nobody listens.
func closedPort(t *testing.T) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(hosttest.ClosedPort(t)))
}

func TestConnect(t *testing.T) {
	for _, at := range []string{"127.0.0.1:0", "[::1]:0"} {
		l, err := net.Listen("tcp", at)
		require.NoError(t, err)
		to := l.Addr().(*net.TCPAddr).AddrPort()
		for _, from := range []netip.Addr{anywhere, to.Addr()} {
			conn, err := Connect(t.Context(), from, to)
			require.NoError(t, err)
			far, err := l.Accept()
			require.NoError(t, err)
			assert.Equal(t, far.RemoteAddr().String(), conn.LocalAddr().String())
			assert.Equal(t, far.LocalAddr().String(), conn.RemoteAddr().String())
			noDelay := 0
			require.NoError(t, conn.(*blocking).raw.Control(func(fd uintptr) {
				noDelay, _ = syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_NODELAY)
			}))
			assert.Equal(t, 1, noDelay)
			conn.Close()
			far.Close()
		}
		l.Close()
	}
}

// Errors from Connect have the same operation and cause as those from package net.
func TestConnectFails(t *testing.T) {
	nobody := closedPort(t)
	elsewhere := netip.MustParseAddr("192.0.2.1") // not an address of this machine
	for _, from := range []netip.Addr{anywhere, elsewhere} {
		_, got := Connect(t.Context(), from, nobody)
		d := net.Dialer{}
		if from.IsValid() {
			d.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(from, 0))
		}
		_, want := d.Dial("tcp", nobody.String())
		var e, net *net.OpError
		require.True(t, errors.As(got, &e))
		require.True(t, errors.As(want, &net))
		assert.Equal(t, net.Err, e.Err)
		assert.Equal(t, net.Op, e.Op)
	}
	_, err := Connect(t.Context(), netip.MustParseAddr("::1"), nobody)
	assert.Error(t, err, "from IPv6 to IPv4")
}

// If Connect fails, it closes the descriptor of its socket.
func TestFailedConnectClosesDescriptor(t *testing.T) {
	nobody := closedPort(t)
	open := func() int {
		list, err := os.ReadDir("/proc/self/fd")
		require.NoError(t, err)
		return len(list)
	}
	before := open()
	for range 40 {
		for _, from := range []string{"192.0.2.1", "::1", "127.0.0.1"} {
			_, err := Connect(t.Context(), netip.MustParseAddr(from), nobody)
			require.Error(t, err)
		}
	}
	assert.Less(t, open(), before+40)
}

// If a host does not respond, Connect returns when the context is done.
func TestConnectEndsWithContext(t *testing.T) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	require.NoError(t, err)
	defer syscall.Close(fd)
	require.NoError(t, syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	require.NoError(t, syscall.Listen(fd, 0))
	own, err := syscall.Getsockname(fd)
	require.NoError(t, err)
	to := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(own.(*syscall.SockaddrInet4).Port))
	for range 8 { // enough to fill the queue of the listener
		ctx, cancel := context.WithTimeout(t.Context(), slice+50*time.Millisecond)
		conn, err := Connect(ctx, anywhere, to)
		cancel()
		if err != nil {
			assert.ErrorIs(t, err, context.DeadlineExceeded)
			return
		}
		defer conn.Close()
	}
	t.Fatal("the queue of the listener does not fill up")
}

// blockingTCP refuses a socket that is connected to itself.
func TestSelfConnectionIsRefused(t *testing.T) {
	for range 10 {
		fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
		require.NoError(t, err)
		self := &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}
		require.NoError(t, syscall.Bind(fd, self))
		own, err := syscall.Getsockname(fd)
		require.NoError(t, err)
		if err := syscall.Connect(fd, own); err != nil {
			syscall.Close(fd)
			continue
		}
		_, err = blockingTCP(fd, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: own.(*syscall.SockaddrInet4).Port})
		assert.Equal(t, syscall.ECONNREFUSED, err)
		return
	}
	t.Fatal("no socket connects with itself")
}
