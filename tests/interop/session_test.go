// SPDX-License-Identifier: MIT

package interop

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"csmtp/smtp"
	"csmtp/tests/interop/servers"
)

// way is a server, and one way to connect to it.
type way struct {
	kind     *servers.Kind
	endpoint string
	security smtp.Security
}

func (w way) String() string {
	name := w.kind.Name
	if w.kind == servers.Postfix && w.endpoint != "open" && w.endpoint != "submission" && w.endpoint != "smtps" {
		name += " " + w.endpoint
	}
	if strings.HasPrefix(w.endpoint, "lmtp") {
		name += " LMTP"
	}
	if w.endpoint == "lmtp-unix" {
		return name + " unix socket"
	}
	return name + " " + [...]string{"in clear", "STARTTLS", "implicit TLS"}[w.security]
}

// config returns a configuration for the server. The trace goes to the test's log.
func (w way) config(t *testing.T) *smtp.Config {
	t.Helper()
	s := servers.Get(t, w.kind)
	cfg := &smtp.Config{
		Security:  w.security,
		TLS:       smtp.TLSConfig{RootCAs: s.CA.Pool},
		LocalName: "client.test.example",
		LMTP:      strings.HasPrefix(w.endpoint, "lmtp"),
		Trace:     func(d smtp.Direction, line string) { t.Log(traced(d, line)) },
	}
	if w.endpoint == "lmtp-unix" {
		cfg.Network, cfg.Servers = "unix", []smtp.Server{{Host: s.LMTPSocket()}}
	} else {
		e := s.Endpoint(w.endpoint)
		cfg.Servers = []smtp.Server{{Host: e.Host, Port: e.Port}}
	}
	return cfg
}

func traced(d smtp.Direction, line string) string { return [...]string{"C: ", "S: ", "-- "}[d] + line }

// dial connects, and logs in if auth is not nil.
func (w way) dial(t *testing.T, auth *smtp.Auth, change ...func(*smtp.Config)) (*smtp.Session, error) {
	t.Helper()
	cfg := w.config(t)
	cfg.Auth = auth
	for _, c := range change {
		c(cfg)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	session, err := smtp.Dial(ctx, cfg)
	if err == nil {
		t.Cleanup(func() { _ = session.Close() })
	}
	return session, err
}

func withCertificate(c tls.Certificate) func(*smtp.Config) {
	return func(cfg *smtp.Config) { cfg.TLS.Certificates = []tls.Certificate{c} }
}

// text is a complete message that is sent unchanged.
type text []byte

func (m text) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write(m)
	return int64(n), err
}

func (m text) Size() int64 { return int64(len(m)) }

// sendProbe sends a small mail, ends the session, and checks that the mail arrives.
func sendProbe(t *testing.T, s *servers.Server, session *smtp.Session) {
	t.Helper()
	to := address("probe")
	body := "From: <alice@test.example>\r\nTo: <" + to + ">\r\nSubject: probe\r\n" +
		"Date: Tue, 24 Nov 2026 12:00:00 +0000\r\nMessage-ID: <" + to + ">\r\n\r\n.dots\r\n..\r\nend\r\n"
	result, err := session.SendLast(&smtp.Envelope{From: servers.Alice.Name, Recipients: []smtp.Recipient{{Address: to}}}, text(body))
	require.NoError(t, err, s.Log())
	require.Equal(t, smtp.Accepted, result.Outcome)
	mail := s.Await(t, to)
	got := bytes.ReplaceAll(mail.Read(t), []byte("\r\n"), []byte("\n"))
	require.True(t, bytes.HasSuffix(got, []byte("\n\n.dots\n..\nend\n")), "%s", got)
	require.Equal(t, servers.Alice.Name, mail.From)
}

var addresses atomic.Int64

// address returns a new address that no other test uses.
func address(what string) string {
	return fmt.Sprintf("%s-%d@%s", what, addresses.Add(1), servers.Domain)
}
