// SPDX-License-Identifier: MIT

package dial

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHostName(t *testing.T) {
	for in, want := range map[string]string{
		"mail.example":         "mail.example",
		"Mail.Example.":        "Mail.Example.",
		"mail_server":          "mail_server",
		"127.0.0.1":            "127.0.0.1",
		"::1":                  "::1",
		"[2001:db8::1]":        "2001:db8::1",
		"fe80::1%eth0":         "fe80::1%eth0",
		"[fe80::1%eth0]":       "fe80::1%eth0",
		"bücher.example":       "xn--bcher-kva.example",
		"例え.jp":                "xn--r8jz45g.jp",
		"xn--bcher-kva.exmple": "xn--bcher-kva.exmple",
	} {
		got, err := HostName(in)
		require.NoError(t, err, in)
		require.Equal(t, want, got)
	}
}

func TestHostNameRefused(t *testing.T) {
	for in, want := range map[string]string{
		"":                        "the host name is empty",
		"mail.example\r\nQUIT":    "has a carriage return at octet 13: remove it",
		"mail.example\x00":        "has a NUL at octet 13",
		"mail.example\x7f":        "has a control character 0x7f at octet 13",
		" mail.example":           "has a space at octet 1",
		"mail example\t":          "has a space at octet 5",
		"bücher\n.example":        "has a line feed at octet 8",
		"mail.example:587":        "contains a colon",
		"[127.0.0.1]":             "has the character '['",
		"[::1":                    "contains a colon",
		"fe80::1%e\r\nth":         "has a carriage return at octet 10",
		"mail..example":           "has an empty label",
		".":                       "has an empty label",
		".example":                "has an empty label",
		"a/b":                     "has the character '/'",
		"user@host":               "has the character '@'",
		"<script>":                "has the character '<'",
		"a\ufffdb.example":        "U+FFFD",
		"a\u2028b.example":        "U+2028",
		"a\u200bb.example":        "U+200B (zero width space) at octet 2",
		"ｍail.example":            "U+FF4D at octet 1",
		"例え。jp":                   "U+3002 (ideographic full stop) at octet 7, which is treated as a dot",
		"\ufeffmail.example":      "U+FEFF",
		"-ü.example":              "not a valid internationalized domain name",
		strings.Repeat("a", 64):   "longer than 63 octets",
		strings.Repeat("a.", 200): "longer than 253 octets",
	} {
		_, err := HostName(in)
		require.ErrorContains(t, err, want, "%q", in)
		require.NotContains(t, err.Error(), "\n")
		require.Less(t, len(err.Error()), 250)
	}
}

func TestOptionsRefusedBeforeTheNetwork(t *testing.T) {
	good := Options{Host: "127.0.0.1", Port: 25}
	require.NoError(t, good.Check())
	for want, o := range map[string]Options{
		"the host name is empty":            {Port: 25},
		"port 0 is not between":             {Host: "h"},
		"port 65536 is not between":         {Host: "h", Port: 65536},
		`unknown network "udp"`:             {Network: "udp", Host: "h", Port: 25},
		`local address "here" is not an IP`: {Host: "h", Port: 25, LocalAddr: "here"},
		"path of the unix socket is":        {Network: "unix"},
		"has a NUL at octet 3":              {Network: "unix", Host: "/a\x00b"},
		"has a TAB at octet 2":              {Host: "h", Port: 25, LocalAddr: "1\t"},
		"cannot be reached through a proxy": {Network: "unix", Host: "/a", Proxy: "socks5://h:1"},
		"cannot be used with a unix socket": {Network: "unix", Host: "/a", LocalAddr: "127.0.0.1"},
		"the proxy has no scheme":           {Host: "h", Port: 25, Proxy: "nonsense"},
	} {
		conn, err := Dial(t.Context(), &o)
		require.Nil(t, conn)
		stage(t, err, Local)
		require.ErrorContains(t, err, want)
		require.Equal(t, err, o.Check())
	}
}

func stage(t *testing.T, err error, want Stage) {
	t.Helper()
	var e *Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, want.String(), e.Stage.String(), "%v", err)
}
