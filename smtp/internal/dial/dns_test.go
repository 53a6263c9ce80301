// SPDX-License-Identifier: MIT

package dial

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/dns/dnsmessage"
)

// nameServer is a DNS server on the loopback interface that serves a test's records.
type nameServer struct {
	mu      sync.Mutex
	records map[string][]dnsmessage.ResourceBody // "name. TYPE"
	drop    map[dnsmessage.Type]bool             // never answered
	broken  map[string]bool                      // "name. TYPE": SERVFAIL
	asked   map[string]int
}

func newNameServer(t *testing.T) (*nameServer, *net.Resolver) {
	t.Helper()
	s := &nameServer{
		records: map[string][]dnsmessage.ResourceBody{}, drop: map[dnsmessage.Type]bool{},
		broken: map[string]bool{}, asked: map[string]int{},
	}
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { udp.Close(); tcp.Close() })
	go s.serveUDP(udp)
	go s.serveTCP(tcp)
	return s, &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		var d net.Dialer
		if strings.HasPrefix(network, "udp") {
			return d.DialContext(ctx, "udp", udp.LocalAddr().String())
		}
		return d.DialContext(ctx, "tcp", tcp.Addr().String())
	}}
}

func key(name string, typ dnsmessage.Type) string {
	return strings.ToLower(name) + " " + strings.TrimPrefix(typ.String(), "Type")
}

// The method set changes the server while it is running.
func (s *nameServer) set(change func(*nameServer)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// The method host adds addresses to a name.
func (s *nameServer) host(name string, addrs ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range addrs {
		if ip := netip.MustParseAddr(a); ip.Is4() {
			s.records[key(name, dnsmessage.TypeA)] = append(s.records[key(name, dnsmessage.TypeA)], &dnsmessage.AResource{A: ip.As4()})
		} else {
			s.records[key(name, dnsmessage.TypeAAAA)] = append(s.records[key(name, dnsmessage.TypeAAAA)], &dnsmessage.AAAAResource{AAAA: ip.As16()})
		}
	}
}

func (s *nameServer) srv(name string, priority, weight, port uint16, target string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := key(name, dnsmessage.TypeSRV)
	s.records[k] = append(s.records[k], &dnsmessage.SRVResource{
		Priority: priority, Weight: weight, Port: port, Target: dnsmessage.MustNewName(target)})
}

func (s *nameServer) count(name string, typ dnsmessage.Type) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[key(name, typ)]
}

func (s *nameServer) serveUDP(conn net.PacketConn) {
	buf := make([]byte, 4096)
	for {
		n, from, err := conn.ReadFrom(buf)
		if err != nil {
			return
		}
		if out := s.answer(buf[:n], 1232); out != nil {
			conn.WriteTo(out, from)
		}
	}
}

func (s *nameServer) serveTCP(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			var size [2]byte
			for {
				if _, err := io.ReadFull(conn, size[:]); err != nil {
					return
				}
				q := make([]byte, binary.BigEndian.Uint16(size[:]))
				if _, err := io.ReadFull(conn, q); err != nil {
					return
				}
				if out := s.answer(q, 65535); out != nil {
					conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(out))), out...))
				}
			}
		}()
	}
}

// answer returns the packed reply to query, or nil if the server does not reply. If the reply
// has more than 'most' octets, it is truncated.
func (s *nameServer) answer(query []byte, most int) []byte {
	var q dnsmessage.Message
	if q.Unpack(query) != nil || len(q.Questions) != 1 {
		return nil
	}
	question := q.Questions[0]
	name, typ := question.Name.String(), question.Type
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[key(name, typ)]++
	if s.drop[typ] {
		return nil
	}
	out := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: q.ID, Response: true, Authoritative: true, RecursionAvailable: true},
		Questions: q.Questions,
	}
	for _, body := range s.records[key(name, typ)] {
		out.Answers = append(out.Answers, dnsmessage.Resource{
			Header: dnsmessage.ResourceHeader{Name: question.Name, Type: typ, Class: dnsmessage.ClassINET, TTL: 60}, Body: body})
	}
	switch {
	case s.broken[key(name, typ)]:
		out.RCode = dnsmessage.RCodeServerFailure
	case len(out.Answers) == 0 && !s.known(name):
		out.RCode = dnsmessage.RCodeNameError
	}
	packed, err := out.Pack()
	if err == nil && len(packed) <= most {
		return packed
	}
	out.Answers, out.Truncated = nil, true
	packed, _ = out.Pack()
	return packed
}

func (s *nameServer) known(name string) bool {
	for k := range s.records {
		if strings.HasPrefix(k, strings.ToLower(name)+" ") {
			return true
		}
	}
	return false
}
