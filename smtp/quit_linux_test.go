// SPDX-License-Identifier: MIT

package smtp

import (
	"bufio"
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// After the reply 221, Quit leaves it to the server to end the connection. After any other reply,
// and in Close, the client ends it itself. Here, a copy of the descriptor, as in a forked
// child, shows the difference.
func TestWhoEndsTheConnection(t *testing.T) {
	for reply, by := range map[string]string{"221 bye": "server", "500 what": "client", "": "client"} {
		ended := make(chan bool, 1) // whether the server has received the end of the connection
		server := serve(t, func(c net.Conn) {
			in := bufio.NewReader(c)
			io.WriteString(c, "220 test\r\n")
			in.ReadString('\n') // EHLO
			io.WriteString(c, "250 test\r\n")
			if reply != "" {
				in.ReadString('\n') // QUIT
				io.WriteString(c, reply+"\r\n")
			}
			limit := time.Minute
			if by == "server" {
				limit = 200 * time.Millisecond
			}
			c.SetReadDeadline(time.Now().Add(limit))
			_, err := in.ReadByte()
			ended <- err == io.EOF
		})
		s, err := Dial(t.Context(), &Config{Servers: []Server{server}, OnThread: true})
		require.NoError(t, err)
		copied := -1
		s.Control(func(fd uintptr) { copied, err = syscall.Dup(int(fd)) })
		require.NoError(t, err)
		if reply != "" {
			err = s.Quit()
		} else {
			err = s.Close()
		}
		assert.Equal(t, reply == "500 what", err != nil)
		assert.Equal(t, by == "client", <-ended, reply)
		require.NoError(t, syscall.Close(copied))
	}
}
