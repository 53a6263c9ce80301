// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/dns/dnsmessage"
)

// nameServer answers queries for the names in a table with their SRV records. It replies to
// other queries that the name does not exist.
func nameServer(t *testing.T, table map[string][]dnsmessage.SRVResource) *net.Resolver {
	t.Helper()
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { socket.Close() })
	go func() {
		packet := make([]byte, 1500)
		for {
			n, from, err := socket.ReadFrom(packet)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(packet[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			m.Response, m.Additionals = true, nil
			records, known := table[strings.ToLower(m.Questions[0].Name.String())]
			if !known {
				m.RCode = dnsmessage.RCodeNameError
			}
			for i := range records {
				m.Answers = append(m.Answers, dnsmessage.Resource{
					Header: dnsmessage.ResourceHeader{Name: m.Questions[0].Name, Class: dnsmessage.ClassINET, TTL: 1},
					Body:   &records[i],
				})
			}
			if answer, err := m.Pack(); err == nil {
				socket.WriteTo(answer, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", socket.LocalAddr().String())
	}}
}

func srv(priority, weight, port uint16, target string) dnsmessage.SRVResource {
	return dnsmessage.SRVResource{Priority: priority, Weight: weight, Port: port, Target: dnsmessage.MustNewName(target)}
}

func TestLookupServers(t *testing.T) {
	resolver := nameServer(t, map[string][]dnsmessage.SRVResource{
		"_submissions._tcp.test.example.": {srv(20, 1, 465, "second.test.example."), srv(10, 1, 1465, "first.test.example.")},
		"_submission._tcp.test.example.":  {srv(0, 1, 587, "third.test.example."), srv(0, 1, 587, "mail.elsewhere.example.")},
		"_submission._tcp.away.example.":  {srv(0, 1, 587, "mail.elsewhere.example.")},
		"_submission._tcp.trick.example.": {srv(0, 1, 587, "eviltrick.example.")},
	})
	servers, err := LookupServers(context.Background(), resolver, "test.example")
	require.NoError(t, err)
	assert.Equal(t, []Server{
		{Host: "first.test.example", Port: 1465, ImplicitTLS: true},
		{Host: "second.test.example", Port: 465, ImplicitTLS: true},
		{Host: "third.test.example", Port: 587},
	}, servers)
	for _, domain := range []string{"away.example", "trick.example", "none.example", "bad name", ""} {
		_, err := LookupServers(context.Background(), resolver, domain)
		var e *Error
		require.True(t, errors.As(err, &e), "%s: %v", domain, err)
		want := OpResolve
		if e.Kind == KindLocal { // a bad name
			want = OpConnect
		}
		assert.Equal(t, want, e.Op, domain)
	}
	_, err = LookupServers(context.Background(), resolver, "away.example")
	assert.Contains(t, err.Error(), "mail.elsewhere.example")
}
