// SPDX-License-Identifier: MIT

package sasl

import (
	"crypto/tls"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestGS2FlagForEachOffer checks the channel binding flag (RFC 5802, section 6) for every
// SCRAM mechanism, many lists of offered mechanisms and each state of the connection. The flag
// is p for a -PLUS mechanism. For other mechanisms, it is y if the connection has a channel
// binding but the server did not offer the -PLUS form of the mechanism, and n otherwise.
func TestGS2FlagForEachOffer(t *testing.T) {
	states := map[string]struct {
		tls     *tls.ConnectionState
		binding string // "" if the connection has no channel binding
	}{
		"in clear":                  {nil, ""},
		"TLS 1.3":                   {pipeTLS(t, tls.VersionTLS13).client, "tls-exporter"},
		"TLS 1.2":                   {pipeTLS(t, tls.VersionTLS12).client, "tls-unique"},
		"handshake not complete":    {&tls.ConnectionState{Version: tls.VersionTLS13}, ""},
		"TLS 1.2 without a binding": {&tls.ConnectionState{Version: tls.VersionTLS12, HandshakeComplete: true}, ""},
	}
	offers := [][]string{
		nil, {"PLAIN"}, {"SCRAM-FOO-PLUS"}, {"SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512"},
		{"SCRAM-SHA-1-PLUS"}, {"SCRAM-SHA-256-PLUS"}, {"SCRAM-SHA-512-PLUS"},
		{"SCRAM-SHA-1-PLUS SCRAM-SHA-256-PLUS", "SCRAM-SHA-512-PLUS"},
		{"scram-sha-256-plus"}, {"SCRAM-SHA-256-PLUSX"}, {"XSCRAM-SHA-256-PLUS"}, {"SCRAM-SHA-256-PLUS-PLUS"},
		{"SCRAM-SHA-224-PLUS"}, {"SCRAM-SHA3-512-PLUS"}, {"SCRAM--PLUS"}, {"-PLUS"}, {"SCRAM-SHA-25", "6-PLUS"},
		{"PLAIN,SCRAM-SHA-256-PLUS"}, {"GS2-KRB5-PLUS"},
	}
	for state, connection := range states {
		for _, offered := range offers {
			words := strings.FieldsFunc(strings.ToUpper(strings.Join(offered, " ")), func(r rune) bool { return r == ' ' || r == ',' })
			for _, base := range []string{"SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512"} {
				ch := Channel{TLS: connection.tls, Offered: offered}
				want := "n,,"
				if connection.binding != "" && !contains(words, base+"-PLUS") {
					want = "y,,"
				}
				assert.Equal(t, want+"n=joe,r=", gs2(t, base, ch), "%s with %q, %s", base, offered, state)
				if connection.binding == "" {
					_, err := New(base+"-PLUS", Credentials{Login: "joe", Password: "p"}, ch)
					assertReason(t, err, NoBinding)
					require.ErrorIs(t, err, ErrNoBinding)
					assert.True(t, err.(*Error).TryNext())
					continue
				}
				assert.Equal(t, "p="+connection.binding+",,n=joe,r=", gs2(t, base+"-PLUS", ch), "%s-PLUS with %q, %s", base, offered, state)
			}
		}
	}
	// The connection has no channel binding of the type that the program has set.
	ch := Channel{TLS: states["TLS 1.3"].tls, Binding: "tls-unique"}
	assert.Equal(t, "n,,n=joe,r=", gs2(t, "SCRAM-SHA-256", ch))
}

func contains(words []string, word string) bool {
	for _, w := range words {
		if w == word {
			return true
		}
	}
	return false
}

// gs2 returns the client's first message up to its nonce.
func gs2(t *testing.T, mechanism string, ch Channel) string {
	t.Helper()
	first, err := mustNew(t, mechanism, Credentials{Login: "joe", Password: "p"}, ch).Start()
	require.NoError(t, err)
	before, _, found := strings.Cut(string(first), ",r=")
	require.True(t, found)
	return before + ",r="
}

// TestBoundMechanismsComeFirst calls Order with every set of SCRAM mechanisms: with TLS,
// bound mechanisms must come before unbound ones.
func TestBoundMechanismsComeFirst(t *testing.T) {
	var scram []string
	for _, name := range Names() {
		if strings.HasPrefix(name, "SCRAM-") {
			scram = append(scram, name)
		}
	}
	require.Len(t, scram, 6)
	for set := range 1 << len(scram) {
		var offered []string
		for i, name := range scram {
			if set>>i&1 == 1 {
				offered = append(offered, name)
			}
		}
		unbound := ""
		for _, name := range Order(append(offered, "PLAIN"), nil, true, nil) {
			if !strings.HasSuffix(name, "-PLUS") {
				unbound = name
			} else if unbound != "" {
				t.Errorf("%s stands before %s in the order for %q", unbound, name, offered)
			}
		}
		for _, name := range Order(offered, nil, false, nil) {
			assert.NotContains(t, name, "-PLUS", "in clear")
		}
	}
}
