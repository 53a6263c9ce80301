// SPDX-License-Identifier: MIT

package dial

import (
	"net"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// blackHole listens on a port of 127.0.0.2 and fills the queue of the socket. The kernel then
// drops further SYNs, as a firewall does.
func blackHole(t *testing.T, port int) {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	require.NoError(t, err)
	t.Cleanup(func() { syscall.Close(fd) })
	require.NoError(t, syscall.Bind(fd, &syscall.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 2}}))
	require.NoError(t, syscall.Listen(fd, 0))
	for range 8 {
		conn, err := net.DialTimeout("tcp", net.JoinHostPort("127.0.0.2", strconv.Itoa(port)), 500*time.Millisecond)
		if err != nil {
			return
		}
		t.Cleanup(func() { conn.Close() })
	}
	t.Fatal("the queue of the listener does not fill up")
}

func TestDialPastARealBlackHole(t *testing.T) {
	l := greeter(t, "tcp", "127.0.0.1:0")
	blackHole(t, port(l))
	ns, resolver := newNameServer(t)
	ns.host("mail.test.example.", "127.0.0.2", "127.0.0.1")
	conn, err := Dial(t.Context(), &Options{Host: "mail.test.example", Port: port(l), Resolver: resolver, Timeout: generous})
	require.NoError(t, err)
	require.Contains(t, greeting(t, conn), "220 127.0.0.1:")

	_, err = Dial(t.Context(), &Options{Host: "127.0.0.2", Port: port(l), Timeout: 300 * time.Millisecond})
	stage(t, err, Timeout)
}
