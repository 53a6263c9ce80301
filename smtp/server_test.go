// SPDX-License-Identifier: MIT

package smtp

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// serve listens on a port of the loopback interface, and calls the function 'talk' for each
// connection.
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

// recorder is a server that accepts everything, offers the given extensions, and records the
// commands.
type recorder struct {
	Server
	mu    sync.Mutex
	lines []string
	data  []string
}

func record(t testing.TB, extensions ...string) *recorder {
	r := &recorder{}
	ehlo := "250-recorder\r\n"
	for _, x := range extensions {
		ehlo += "250-" + x + "\r\n"
	}
	ehlo += "250 HELP\r\n"
	r.Server = serve(t, func(c net.Conn) { r.talk(c, ehlo) })
	return r
}

func (r *recorder) talk(c net.Conn, ehlo string) {
	in := bufio.NewReader(c)
	answer := "220 recorder\r\n"
	for {
		if _, err := io.WriteString(c, answer); err != nil {
			return
		}
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		r.mu.Lock()
		r.lines = append(r.lines, strings.TrimSuffix(line, "\r\n"))
		r.mu.Unlock()
		var size int
		answer = "250 2.0.0 Ok: queued as 4XyZ12\r\n"
		switch {
		case strings.HasPrefix(line, "EHLO"):
			answer = ehlo
		case line == "DATA\r\n":
			io.WriteString(c, "354 go\r\n")
			var data strings.Builder
			for line != ".\r\n" {
				if line, err = in.ReadString('\n'); err != nil {
					return
				}
				data.WriteString(line)
			}
			r.keep(data.String())
		case strings.HasPrefix(line, "BDAT"):
			fmt.Sscanf(line, "BDAT %d", &size)
			chunk := make([]byte, size)
			if _, err := io.ReadFull(in, chunk); err != nil {
				return
			}
			r.keep(string(chunk))
		case line == "QUIT\r\n":
			answer = "221 bye\r\n"
		}
	}
}

func (r *recorder) keep(data string) {
	r.mu.Lock()
	r.data = append(r.data, data)
	r.mu.Unlock()
}

// commands returns the commands that the server has received so far, without EHLO.
func (r *recorder) commands() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.lines) == 0 {
		return nil
	}
	return append([]string(nil), r.lines[1:]...)
}

// session connects without TLS and without a login.
func (r *recorder) session(t testing.TB) *Session {
	s, err := Dial(context.Background(), &Config{Servers: []Server{r.Server}, Timeouts: Timeouts{Total: 20 * time.Second}})
	require.NoError(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}
