// SPDX-License-Identifier: MIT

package smtp

import (
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

// serve runs talk for each connection to a loopback port.
func serve(t testing.TB, talk func(net.Conn)) Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				talk(c)
			}()
		}
	}()
	return Server{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port}
}
