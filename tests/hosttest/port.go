// SPDX-License-Identifier: MIT

package hosttest

import (
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

// ClosedPort returns a port of 127.0.0.1 on which nobody listens. It is the local
// port of an open connection, so no other program can listen on it before the test ends.
func ClosedPort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	c, err := net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() {
		c.Close()
		l.Close()
	})
	return c.LocalAddr().(*net.TCPAddr).Port
}
