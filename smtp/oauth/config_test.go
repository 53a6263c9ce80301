// SPDX-License-Identifier: MIT

package oauth

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPresets(t *testing.T) {
	for _, tenant := range []string{"contoso.onmicrosoft.com", "72f988bf-86f1-41af-91ab-2d7cd011db47", "organizations"} {
		c, err := Microsoft365(tenant)
		require.NoError(t, err)
		assert.Equal(t, "https://login.microsoftonline.com/"+tenant+"/oauth2/v2.0/token", c.Endpoint)
		assert.Equal(t, "https://outlook.office365.com/.default", c.Scope)
	}
	for _, tenant := range []string{"", "a/b", "..", "a?b", "a#b", "a b", "a%2fb", "ä", strings.Repeat("a", 254)} {
		_, err := Microsoft365(tenant)
		assert.ErrorContains(t, err, "tenant", tenant)
	}
	assert.Equal(t, "https://oauth2.googleapis.com/token", Google().Endpoint)
	c := Google()
	c.ClientID, c.RefreshToken = "app", "r"
	source(t, c)
}

func TestInvalidSettings(t *testing.T) {
	good := Config{Endpoint: "https://example.org/token", ClientID: "app", ClientSecret: "verysecret"}
	source(t, good)
	for want, change := range map[string]func(*Config){
		"client id is missing":         func(c *Config) { c.ClientID = "" },
		"client secret is missing":     func(c *Config) { c.ClientSecret = "" },
		"refresh token is missing":     func(c *Config) { c.Grant = RefreshToken },
		`unknown grant "password"`:     func(c *Config) { c.Grant = "password" },
		"token endpoint is missing":    func(c *Config) { c.Endpoint = "" },
		"not a URL with a host":        func(c *Config) { c.Endpoint = "https:///token" },
		"is not https":                 func(c *Config) { c.Endpoint = "http://example.org/token?k=verysecret" },
		"not an https URL":             func(c *Config) { c.Endpoint = "ftp://example.org/token" },
		"user or password":             func(c *Config) { c.Endpoint = "https://app:verysecret@example.org/token" },
		"fragment":                     func(c *Config) { c.Endpoint += "#x" },
		"client secret contains":       func(c *Config) { c.ClientSecret = "verysecret\r\n" },
		"scope contains":               func(c *Config) { c.Scope = "\x00" },
		"client id has 65537 octets":   func(c *Config) { c.ClientID = strings.Repeat("x", 65537) },
		`"scope" has its own field`:    func(c *Config) { c.Params = map[string]string{"scope": "x"} },
		"proxy is not":                 func(c *Config) { c.Proxy = "ftp://user:verysecret@proxy" },
		"proxy is not an http://":      func(c *Config) { c.Proxy = "proxy:8080" },
		"extra roots contain no":       func(c *Config) { c.ExtraRoots = []byte("verysecret") },
		"not https; http is allowed":   func(c *Config) { c.Endpoint = "http://localhost.example.org/token" },
		"http://192.0.2.1/token is no": func(c *Config) { c.Endpoint = "http://192.0.2.1/token" },
	} {
		c := good
		change(&c)
		_, err := New(c)
		if assert.ErrorContains(t, err, want) {
			assert.NotContains(t, err.Error(), "verysecret")
		}
	}
	for _, endpoint := range []string{"http://localhost:1/t", "http://127.0.0.1/t", "http://127.9.9.9/t", "http://[::1]:8/t", "HTTPS://EXAMPLE.org/t"} {
		c := good
		c.Endpoint = endpoint
		source(t, c)
	}
}

// Two sources share an account only if all settings that change the request, its endpoint or
// the connection are equal.
func TestTokenSharing(t *testing.T) {
	base := Config{Endpoint: "https://example.org/token", ClientID: "app", ClientSecret: "s", RefreshToken: "r"}
	same := func(a, b Config) bool { return source(t, a).account() == source(t, b).account() }
	assert.True(t, same(base, base))
	withDefaults := base
	withDefaults.Grant, withDefaults.ConnectTimeout, withDefaults.Timeout = RefreshToken, 10*time.Second, 30*time.Second
	withDefaults.Save = func(string) {}
	assert.True(t, same(base, withDefaults))
	for name, change := range map[string]func(*Config){
		"endpoint":  func(c *Config) { c.Endpoint = "https://example.org/token2" },
		"grant":     func(c *Config) { c.Grant = ClientCredentials },
		"id":        func(c *Config) { c.ClientID = "app2" },
		"secret":    func(c *Config) { c.ClientSecret = "s2" },
		"refresh":   func(c *Config) { c.RefreshToken = "r2" },
		"shift":     func(c *Config) { c.ClientID, c.ClientSecret = "apps", "" },
		"scope":     func(c *Config) { c.Scope = "x" },
		"params":    func(c *Config) { c.Params = map[string]string{"audience": "x"} },
		"basic":     func(c *Config) { c.BasicAuth = true },
		"proxy":     func(c *Config) { c.Proxy = "direct" },
		"timeout":   func(c *Config) { c.Timeout = time.Second },
		"connect":   func(c *Config) { c.ConnectTimeout = time.Second },
		"root cert": func(c *Config) { c.ExtraRoots = newServer(t, true, numbered).roots() },
	} {
		c := base
		change(&c)
		assert.False(t, same(base, c), name)
	}
	before := source(t, base).account()
	Forget()
	assert.NotSame(t, before, source(t, base).account())
}

func TestSharedAccountsAreBounded(t *testing.T) {
	Forget()
	defer Forget()
	c := Config{Endpoint: "https://example.org/token", ClientSecret: "s"}
	c.ClientID = "first, with a replaced refresh token"
	rotated := source(t, c).account()
	rotated.generation = 1
	for i := range maxAccounts + 50 {
		c.ClientID = fmt.Sprint(i)
		source(t, c)
	}
	assert.Len(t, shared.m, maxAccounts)
	c.ClientID = "first, with a replaced refresh token"
	assert.Same(t, rotated, source(t, c).account())
	c.ClientID = fmt.Sprint(maxAccounts + 49)
	last := source(t, c).account()
	assert.Len(t, shared.m, maxAccounts)
	assert.Same(t, last, source(t, c).account())
}

func TestSecretsAreNotPrintedWithSettings(t *testing.T) {
	c := Config{Endpoint: "https://example.org/token?key=verysecret", ClientID: "app", ClientSecret: "verysecret",
		RefreshToken: "verysecret", Proxy: "http://u:verysecret@proxy:1"}
	s := source(t, c)
	type holder struct {
		s *Source
		S *Source
		C Config
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		text := fmt.Sprintf(strings.Repeat(verb, 5), c, &c, s, holder{s, s, c}, &holder{s, s, c})
		assert.NotContains(t, text, "verysecret", verb)
		assert.Contains(t, text, `oauth.Config{Endpoint:"https://example.org/token" ClientID:"app"}`)
	}
}

// If a URL has a control character, the error names the setting.
func TestControlCharacterInAnEndpoint(t *testing.T) {
	for name, c := range map[string]Config{
		"token endpoint":     {Endpoint: "https://a.example/\n", ClientID: "a", ClientSecret: "b"},
		"metadata server":    {Grant: GoogleIdentity, Mailbox: "a@b.example", Metadata: "http://127.0.0.1/\n"},
		"service that signs": {Grant: GoogleIdentity, Mailbox: "a@b.example", Signer: "https://a.example/\n"},
	} {
		_, err := New(c)
		assert.ErrorContains(t, err, "oauth: the "+name+" has a line feed at octet", name)
	}
	_, err := NewDevice(t.Context(), Config{Endpoint: "https://a.example/t", ClientID: "a"}, "https://a.example/\t")
	assert.ErrorContains(t, err, "oauth: the device endpoint has a TAB at octet 19")
}
