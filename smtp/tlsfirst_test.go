// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A TLS record instead of a greeting is reported at once, although the record has no line end
// and the timeout is long.
func TestClearConnectionToTLSPortFailsAtOnce(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	held := make(chan net.Conn, 1)
	go func() {
		if conn, err := listener.Accept(); err == nil {
			conn.Write([]byte{0x15, 3, 1, 0, 2, 2, 10})
			held <- conn
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_, err = Dial(ctx, &Config{
		Servers:  []Server{{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port}},
		Timeouts: patient(),
	})
	(<-held).Close()
	var e *Error
	require.True(t, errors.As(err, &e), "%v", err)
	assert.Equal(t, OpGreeting, e.Op)
	assert.Equal(t, KindProtocol, e.Kind)
	assert.Contains(t, err.Error(), "ImplicitTLS")
}
