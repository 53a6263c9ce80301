// SPDX-License-Identifier: MIT

package smtp

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"csmtp/smtp/smtptest/certs"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// slowText is a short message that is written after a pause.
type slowText struct {
	text
	ready <-chan struct{}
}

func (m slowText) WriteTo(w io.Writer) (int64, error) {
	<-m.ready
	return m.text.WriteTo(w)
}

// If a reply arrives after the 354 and before the message is sent, the mail is not sent. The
// reply does not count as the reply to the message.
func TestReplyBeforeAShortMessage(t *testing.T) {
	for _, useTLS := range []bool{false, true} {
		for _, onThread := range []bool{false, true} {
			for _, early := range []string{"250 2.0.0 ok", "451 4.3.0 not now"} {
				t.Run(fmt.Sprintf("TLS=%v thread=%v %s", useTLS, onThread, early[:3]), func(t *testing.T) {
					t.Parallel()
					ready := make(chan struct{})
					talk := func(c net.Conn) {
						if useTLS {
							c = tls.Server(c, tlsServer(testCA.Issue(certs.Good)))
						}
						in := bufio.NewScanner(c)
						io.WriteString(c, "220 test\r\n")
						for in.Scan() {
							switch verb, _, _ := strings.Cut(in.Text(), " "); verb {
							case "DATA":
								io.WriteString(c, "354 go ahead\r\n")
								time.Sleep(50 * time.Millisecond)
								io.WriteString(c, early+"\r\n")
								time.Sleep(50 * time.Millisecond)
								close(ready)
							case "EHLO", "MAIL", "RCPT":
								io.WriteString(c, "250 ok\r\n")
							}
						}
					}
					cfg := &Config{Servers: []Server{serve(t, talk)}, OnThread: onThread}
					if useTLS {
						cfg.Security, cfg.TLS.RootCAs, cfg.Servers[0].Host = ImplicitTLS, testCA.Pool(), "localhost"
					}
					s, err := Dial(t.Context(), cfg)
					require.NoError(t, err)
					defer s.Close()
					result, err := s.Send(&Envelope{From: "a@test.example", Recipients: []Recipient{{Address: "b@test.example"}}},
						slowText{text("Subject: x\r\n\r\nx\r\n"), ready})
					var e *Error
					require.ErrorAs(t, err, &e)
					assert.Equal(t, OpBody, e.Op)
					assert.NotEqual(t, Accepted, result.Outcome)
					assert.NotEqual(t, InDoubt, result.Outcome)
				})
			}
		}
	}
}
