// SPDX-License-Identifier: MIT

package smtp

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lateContext is a context that was canceled, but whose children have not been canceled
// yet.
type lateContext struct {
	context.Context
	canceled atomic.Bool
}

func (c *lateContext) Err() error {
	if c.canceled.Load() {
		return context.Canceled
	}
	return c.Context.Err()
}

// If the caller's context is canceled, the kind of the error is KindCanceled, even if the
// handshake fails before its own context is done.
func TestCancelInTLSHandshake(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	parent, cancel := context.WithCancel(context.Background())
	defer cancel()
	ctx := &lateContext{Context: parent}
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		rd := bufio.NewReader(conn)
		io.WriteString(conn, "220 mail.test.example ESMTP\r\n")
		for {
			line, err := rd.ReadString('\n')
			if err != nil {
				return
			}
			if strings.HasPrefix(line, "STARTTLS") {
				break
			}
			io.WriteString(conn, "250-mail.test.example\r\n250 STARTTLS\r\n")
		}
		io.WriteString(conn, "220 go ahead\r\n")
		rd.ReadByte() // the first octet of the ClientHello
		ctx.canceled.Store(true)
	}()
	address := listener.Addr().(*net.TCPAddr)
	_, err = Dial(ctx, &Config{Servers: []Server{{Host: "127.0.0.1", Port: address.Port}}, Security: STARTTLS, Timeouts: patient()})
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, OpTLS, e.Op, "%v", e)
	assert.Equal(t, KindCanceled, e.Kind, "%v", e)
	assert.ErrorIs(t, err, context.Canceled)
}
