// SPDX-License-Identifier: MIT

package main

import (
	"bufio"
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The number of HTTP connections is limited. If the limit is reached, a new connection is
// served only after another one has ended.
func TestHTTPConnectionsAreLimited(t *testing.T) {
	defer func(most int) { maxHTTP = most }(maxHTTP)
	maxHTTP = 2
	s := start(t, "--http", "127.0.0.1:0")
	address, err := url.Parse(s.ready()["http"])
	require.NoError(t, err)
	open := func() (net.Conn, *bufio.Reader) {
		c, err := net.Dial("tcp", address.Host)
		require.NoError(t, err)
		t.Cleanup(func() { c.Close() })
		fmt.Fprintf(c, "GET %sevents HTTP/1.1\r\nHost: %s\r\n\r\n", address.Path, address.Host)
		return c, bufio.NewReader(c)
	}
	begun := func(r *bufio.Reader) {
		status, err := r.ReadString('\n')
		require.NoError(t, err)
		assert.Contains(t, status, "200 OK")
	}
	first, answer := open()
	begun(answer)
	_, answer = open()
	begun(answer)
	third, answer := open()
	third.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
	_, err = answer.ReadString('\n')
	assert.ErrorContains(t, err, "timeout")
	assert.True(t, strings.HasPrefix(converse(t, s.ready()["port"], "EHLO me", "QUIT"), "221"))
	first.Close()
	third.SetReadDeadline(time.Now().Add(15 * time.Second))
	begun(bufio.NewReader(third))
	s.stop()
	assert.Zero(t, s.done())
}
