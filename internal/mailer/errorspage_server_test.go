// SPDX-License-Identifier: MIT

package mailer

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/dns/dnsmessage"
)

// start starts the server of m, if m has one. It returns the port and the host of the
// server. The host is "" if m has no server.
func (m *mistake) start(t *testing.T) (port uint16, host string) {
	switch {
	case m.talk != nil:
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Error(err)
			return 0, ""
		}
		t.Cleanup(func() { l.Close() })
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go func() {
					defer c.Close()
					m.talk(c)
					io.Copy(io.Discard, c)
				}()
			}
		}()
		return uint16(l.Addr().(*net.TCPAddr).Port), "127.0.0.1"
	case m.options != nil:
		server, err := smtptest.NewMailServer(*m.options)
		if err != nil {
			t.Error(err)
			return 0, ""
		}
		t.Cleanup(server.Close)
		if m.tls {
			return uint16(server.TLSPort()), "127.0.0.1"
		}
		return uint16(server.Port()), "127.0.0.1"
	}
	return 0, ""
}

// names contains the hosts that the name server of serveNames knows, with their addresses.
var names = map[string][4]byte{
	"mail.example.com.":    {127, 0, 0, 1},
	"refused.example.com.": {127, 0, 0, 1},
	"dropped.example.com.": {127, 0, 0, 2},
}

// serveNames replaces the resolver with a name server on loopback that knows the hosts
// in 'names'.
func serveNames(t *testing.T) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	before := net.DefaultResolver
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
	t.Cleanup(func() {
		net.DefaultResolver = before
		conn.Close()
	})
	go func() {
		query := make([]byte, 4096)
		for {
			n, from, err := conn.ReadFrom(query)
			if err != nil {
				return
			}
			if reply, err := answer(query[:n]); err == nil {
				conn.WriteTo(reply, from)
			}
		}
	}()
}

func answer(query []byte) ([]byte, error) {
	var m dnsmessage.Message
	if err := m.Unpack(query); err != nil {
		return nil, err
	}
	m.Response, m.RCode, m.Additionals = true, dnsmessage.RCodeNameError, nil
	for _, q := range m.Questions {
		ip, known := names[strings.ToLower(q.Name.String())]
		if !known {
			continue
		}
		m.RCode = dnsmessage.RCodeSuccess
		if q.Type == dnsmessage.TypeA {
			m.Answers = append(m.Answers, dnsmessage.Resource{
				Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, Type: q.Type, TTL: 60},
				Body:   &dnsmessage.AResource{A: ip}})
		}
	}
	return m.Pack()
}

// webPage starts a web server that answers with a page, and returns its address.
func webPage(t *testing.T) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "<!DOCTYPE html><title>Sign in</title>")
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

const (
	rowVariable = "CSMTP_TEST_ERRORS_ROW"
	inside      = "the environment is set"
	rowBegin    = "<<<row\n"
	rowEnd      = "row>>>\n"
)

// showElsewhere runs show in a new process, whose environment contains m.env.
func (m *mistake) showElsewhere(t *testing.T) string {
	c := exec.Command(os.Args[0], "-test.run=^TestErrorsPageIsCurrent$")
	c.Env = append(append(os.Environ(), strings.Fields(m.env)...), rowVariable+"="+m.title)
	out, err := c.CombinedOutput()
	_, row, begun := strings.Cut(string(out), rowBegin)
	row, _, ended := strings.Cut(row, rowEnd)
	if err != nil || !begun || !ended {
		t.Errorf("%s: %v: %s", m.title, err, out)
	}
	return row
}
