// SPDX-License-Identifier: MIT

package smtp

import (
	"net"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// The type from is a connection with the given local address.
type from struct {
	net.Conn
	addr net.Addr
}

func (f from) LocalAddr() net.Addr { return f.addr }

func TestLocalNameThatWasSet(t *testing.T) {
	for set, want := range map[string]string{
		"client.example":       "client.example",
		"client.example.":      "client.example",
		"my_computer.example":  "my-computer.example",
		"DESKTOP-1":            "DESKTOP-1",
		"localhost":            "localhost", // accepted if the caller sets it
		"bücher.example":       "xn--bcher-kva.example",
		"192.0.2.1":            "[192.0.2.1]",
		"[192.0.2.1]":          "[192.0.2.1]",
		"2001:db8::1":          "[IPv6:2001:db8::1]",
		"[2001:db8::1]":        "[IPv6:2001:db8::1]",
		"[IPv6:2001:db8::1]":   "[IPv6:2001:db8::1]",
		"[ipv6:2001:DB8:0::1]": "[IPv6:2001:db8::1]",
		"::ffff:192.0.2.1":     "[192.0.2.1]",
		"fe80::1%eth0":         "[IPv6:fe80::1]",
	} {
		got, err := (&Config{LocalName: set}).ehloName(from{})
		require.NoError(t, err, set)
		require.Equal(t, want, got)
	}
}

func TestLocalNameRefused(t *testing.T) {
	for _, set := range []string{"a\r\nMAIL FROM:<x@y>", "a b", "a\x00", "a\x7f", " a", "a..b", "-a.example", "_a.example",
		"a-.example", "[a]", "[]", "[1.2.3]", "a/b", "<a>", "a@b", "é\u2028.example"} {
		name, err := (&Config{LocalName: set}).ehloName(from{})
		require.Empty(t, name)
		var e *Error
		require.ErrorAs(t, err, &e, "%q", set)
		require.Equal(t, OpEHLO, e.Op)
		require.Equal(t, KindLocal, e.Kind)
		require.Contains(t, e.Error(), "local name for EHLO")
		require.NotContains(t, e.Error(), "\n")
	}
}

func TestFullName(t *testing.T) {
	for host, want := range map[string]string{
		"pc.example":            "pc.example",
		"my_pc.example":         "my-pc.example",
		"pc":                    "",
		"":                      "",
		"localhost":             "",
		"localhost.localdomain": "",
		"Localhost.example":     "",
		"pc.localdomain":        "",
		"pc.localhost":          "",
		"192.0.2.1":             "",
		"bad name.example":      "",
		"_pc.example":           "",
	} {
		name, ok := fullName(host)
		require.Equal(t, want, name, host)
		require.Equal(t, want != "", ok)
	}
}

func TestAddressLiteralOfTheConnection(t *testing.T) {
	for want, addr := range map[string]net.Addr{
		"[192.0.2.7]":        &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 1234},
		"[IPv6:2001:db8::7]": &net.TCPAddr{IP: net.ParseIP("2001:db8::7"), Port: 1234},
		"[IPv6:fe80::7]":     &net.TCPAddr{IP: net.ParseIP("fe80::7"), Port: 1, Zone: "eth0"},
		"[127.0.0.1]":        &net.UnixAddr{Name: "/run/lmtp.sock", Net: "unix"},
	} {
		require.Equal(t, want, addressLiteral(ownAddress(from{addr: addr})))
	}
	require.Equal(t, "[127.0.0.1]", addressLiteral(ownAddress(nil)))
}

// Whatever the name of this computer is, the argument of EHLO is valid.
func TestLocalNameNotSet(t *testing.T) {
	conn := from{addr: &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 1234}}
	got, err := new(Config).ehloName(conn)
	require.NoError(t, err)
	host, err := os.Hostname()
	require.NoError(t, err)
	want, ok := fullName(host)
	if !ok {
		want = "[192.0.2.7]"
	}
	require.Equal(t, want, got)
}

// Run longer with: go test ./smtp -run ^$ -fuzz FuzzLocalName -fuzztime 1m
func FuzzLocalName(f *testing.F) {
	for _, s := range []string{"client.example", "my_pc", "[IPv6:::1]", "[1.2.3.4]", "bücher.example", "a\r\nb", "_", ".", "1.2.3.4.", "１.2.3.4"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, set string) {
		name, err := localName(set)
		if err != nil {
			return
		}
		require.Regexp(t, `^(\[[0-9.]+\]|\[IPv6:[0-9a-f:.]+\]|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)$`, name)
		again, err := localName(name)
		require.NoError(t, err)
		require.Equal(t, name, again)
	})
}
