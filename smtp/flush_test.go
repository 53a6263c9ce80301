// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// slowConn is a connection whose writes fail after a while. Each of its reads returns one
// reply.
type slowConn struct {
	net.Conn
	replies int
}

func (c *slowConn) Write(p []byte) (int, error) {
	time.Sleep(60 * time.Millisecond)
	return 0, errors.New("write failed")
}

func (c *slowConn) Read(p []byte) (int, error) {
	time.Sleep(10 * time.Millisecond)
	if c.replies--; c.replies < 0 {
		return 0, io.EOF
	}
	return copy(p, "250 ok\r\n"), nil
}

func (c *slowConn) Close() error                     { return nil }
func (c *slowConn) SetDeadline(time.Time) error      { return nil }
func (c *slowConn) SetReadDeadline(time.Time) error  { return nil }
func (c *slowConn) SetWriteDeadline(time.Time) error { return nil }

// TestFailedFlushOfManyCommands makes the write of a long command group fail while replies
// arrive. If both goroutines set the same field of the session, the race detector reports
// it.
func TestFailedFlushOfManyCommands(t *testing.T) {
	s := newSession(context.Background(), &Config{}, Server{}, &slowConn{replies: 10})
	s.ext, s.pipelining = map[string]string{"PIPELINING": ""}, true
	env := &Envelope{From: "a@test.example", Partial: true}
	for range 300 {
		env.Recipients = append(env.Recipients, Recipient{Address: "b@" + strings.Repeat("b", 40) + ".example"})
	}
	_, err := s.Send(env, text("x\r\n"))
	assert.Error(t, err)
}
