// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var display = []string{"DISPLAY=:0"}

// browser returns a function that opens an address, as the user's browser does, and stores
// the last page in *page.
func browser(t *testing.T, page *string) func(string) error {
	return func(address string) error {
		got, err := browse(address)
		*page = got
		return err
	}
}

func want(t *testing.T, s session, server string) {
	t.Helper()
	require.Equal(t, statusOK, s.status, s.messages)
	assert.Equal(t, "["+server+"]\nport = 587\nsecurity = starttls\nauthenticate = yes\nlogin = "+account+"\noauth2-token-file = "+s.file+"\n", s.out)
	assert.Contains(t, s.messages, "csmtp-doctor --oauth2-token-file "+s.file+" "+server+" "+account)
}

// The user logs in with a browser. The provider then redirects the browser to the program.
func TestBrowserLogin(t *testing.T) {
	server := newProvider(t)
	var page string
	s := run(t, browser(t, &page), strings.NewReader(""), nil, display,
		append(server.endpoints(), "--client-id", "app", "microsoft", account)...)
	want(t, s, "smtp.office365.com")
	assert.Contains(t, page, "You are logged in")
	usesFile(t, s)
	q := server.authorized
	assert.Equal(t, []string{"code", "app", account, "S256", "https://outlook.office.com/SMTP.Send offline_access"},
		[]string{q.Get("response_type"), q.Get("client_id"), q.Get("login_hint"), q.Get("code_challenge_method"), q.Get("scope")})
	assert.Regexp(t, `^http://localhost:\d+$`, q.Get("redirect_uri"))
	assert.Regexp(t, `^[A-Za-z0-9_-]{43}$`, q.Get("code_challenge"))
	assert.NotContains(t, s.messages, server.verifier)
	form := server.tokens[0]
	assert.Equal(t, []string{"app", ""}, []string{form.Get("client_id"), form.Get("client_secret")})

	// Each login uses a new state and a new verifier.
	old := server.authorized
	oldVerifier := server.verifier
	run(t, browser(t, &page), strings.NewReader(""), nil, display, append(server.endpoints(), "--client-id", "app", "microsoft", account)...)
	assert.NotEqual(t, old.Get("state"), server.authorized.Get("state"))
	assert.NotEqual(t, oldVerifier, server.verifier)
}

func TestGoogleLogin(t *testing.T) {
	server := newProvider(t)
	client := filepath.Join(t.TempDir(), "client.json")
	require.NoError(t, os.WriteFile(client, []byte(`{"installed":{"client_id":"app","client_secret":"`+clientSecret+`"}}`), 0o600))
	var page string
	s := run(t, browser(t, &page), strings.NewReader(""), nil, display, append(server.endpoints(), "--client-file", client, "google", account)...)
	want(t, s, "smtp.gmail.com")
	assert.Contains(t, usesFile(t, s), clientSecret)
	q := server.authorized
	assert.Equal(t, []string{"offline", "consent", "https://mail.google.com/"}, []string{q.Get("access_type"), q.Get("prompt"), q.Get("scope")})
	assert.Regexp(t, `^http://127\.0\.0\.1:\d+$`, q.Get("redirect_uri"))
	assert.Equal(t, clientSecret, server.tokens[0].Get("client_secret"))
}

var address = regexp.MustCompile(`(?m)^http\S+$`)

// If mail is sent over HTTPS, the printed lines for the configuration file set the
// transport.
func TestTransport(t *testing.T) {
	server := newProvider(t)
	var page string
	s := run(t, browser(t, &page), strings.NewReader(""), nil, display,
		append(server.endpoints(), "--client-id", "app", "--cloud", "china", "--transport", "microsoft-graph", "microsoft", account)...)
	require.Equal(t, statusOK, s.status, s.messages)
	assert.Equal(t, "[smtp.partner.outlook.cn]\ntransport = microsoft-graph\ntransport-endpoint = https://microsoftgraph.chinacloudapi.cn\nauthenticate = yes\nlogin = "+
		account+"\noauth2-token-file = "+s.file+"\n", s.out)
	s = run(t, browser(t, &page), strings.NewReader(""), nil, display,
		append(server.endpoints(), "--client-id", "app", "--transport", "gmail-api", "google", account)...)
	assert.Equal(t, "[smtp.gmail.com]\ntransport = gmail-api\nauthenticate = yes\nlogin = "+account+"\noauth2-token-file = "+s.file+"\n", s.out)
}

// With --no-browser, the program prints the address of the login page. It gets the answer
// from a redirection, or from the address of the last page, which the user pastes.
func TestNoBrowser(t *testing.T) {
	for _, pasted := range []bool{false, true} {
		server := newProvider(t)
		messages := &shared{}
		in, typed := io.Pipe()
		done := make(chan struct{})
		go func() {
			defer close(done)
			printed := address.FindString(messages.await(t, "ssh -L"))
			if !pasted {
				_, err := browse(printed)
				assert.NoError(t, err)
				return
			}
			client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
			response, err := client.Get(printed)
			if !assert.NoError(t, err) {
				return
			}
			response.Body.Close()
			fmt.Fprintf(typed, "\nnonsense\n%s?code=x&state=wrong\n", server.URL)
			fmt.Fprintf(typed, "  %s \n", response.Header.Get("Location"))
		}()
		s := run(t, func(string) error { t.Error("a browser"); return nil }, in, messages, display,
			append(server.endpoints(), "--no-browser", "--client-id", "app", "microsoft", account)...)
		<-done
		typed.Close()
		want(t, s, "smtp.office365.com")
		assert.Equal(t, pasted, strings.Contains(s.messages, "not the address of the page"))
		usesFile(t, s)
	}
}

// A request does not end the login if it does not contain the state of this login, contains
// no answer, or is for another path.
func TestForeignRequests(t *testing.T) {
	server := newProvider(t)
	var pages []string
	open := func(to string) error {
		u, err := url.Parse(to)
		require.NoError(t, err)
		back := u.Query().Get("redirect_uri")
		for _, foreign := range []string{"/", "/?code=x", "/?code=x&state=wrong", "/?error=access_denied", "/?state=" + u.Query().Get("state"),
			"/favicon.ico", "/x?code=x&state=" + u.Query().Get("state")} {
			page, err := browse(back + foreign)
			require.NoError(t, err)
			pages = append(pages, page)
		}
		page, err := browse(to)
		pages = append(pages, page)
		return err
	}
	s := run(t, open, strings.NewReader(""), nil, display, append(server.endpoints(), "--client-id", "app", "microsoft", account)...)
	want(t, s, "smtp.office365.com")
	for i, page := range pages {
		assert.Equal(t, i == len(pages)-1, strings.Contains(page, "You are logged in"), page)
	}
}

func TestRefusedLogin(t *testing.T) {
	server := newProvider(t)
	server.refuse = "access_denied"
	secret := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(secret, []byte(clientSecret+"\n"), 0o600))
	var page string
	s := run(t, browser(t, &page), strings.NewReader(""), nil, display,
		append(server.endpoints(), "--client-id", "app", "--client-secret-file", secret, "microsoft", account)...)
	assert.Equal(t, statusRefused, s.status, s.messages)
	assert.Contains(t, s.messages, "access_denied: the user said no")
	assert.Contains(t, s.messages, "log in again, and consent")
	assert.Contains(t, page, "refused")
	assert.NoFileExists(t, s.file)
	assert.Empty(t, s.out)
}

// The user enters a code on another device. In an ssh session or without a display, the
// program chooses this by default.
func TestDeviceLogin(t *testing.T) {
	for _, c := range []struct {
		env, args []string
	}{
		{display, []string{"--method", "device"}}, {append(display, "SSH_CONNECTION=1 2 3 4"), nil}, {nil, nil},
	} {
		server := newProvider(t)
		server.pending = []string{"authorization_pending"}
		s := run(t, nil, strings.NewReader(""), nil, c.env,
			append(append(server.endpoints(), c.args...), "--client-id", "app", "microsoft", account)...)
		want(t, s, "smtp.office365.com")
		assert.Contains(t, s.messages, server.URL+"/enter")
		assert.Contains(t, s.messages, "ABCD-EFGH")
		assert.Contains(t, s.messages, "Waiting for the login")
		assert.Equal(t, c.args == nil, strings.Contains(s.messages, "log in with a browser on any"), s.messages)
		usesFile(t, s)
		assert.Len(t, server.tokens, 2)
	}
}

func TestRefusedDeviceLogin(t *testing.T) {
	for code, want := range map[string]int{"access_denied": statusRefused, "expired_token": statusLater, "invalid_client": statusRefused} {
		server := newProvider(t)
		server.pending = []string{code}
		s := run(t, nil, strings.NewReader(""), nil, nil, append(server.endpoints(), "--client-id", "app", "microsoft", account)...)
		assert.Equal(t, want, s.status, s.messages)
		assert.NoFileExists(t, s.file)
	}
}

func TestLoginTimesOut(t *testing.T) {
	server := newProvider(t)
	server.interval = "60"
	for _, method := range []string{"device", "browser"} {
		s := run(t, func(string) error { return nil }, strings.NewReader(""), nil, display,
			append(server.endpoints(), "--method", method, "--timeout", "1", "--client-id", "app", "microsoft", account)...)
		assert.Equal(t, statusLater, s.status, s.messages)
		assert.Contains(t, s.messages, "time limit was reached")
		assert.NoFileExists(t, s.file)
	}
}

func TestLoginWithoutRefreshToken(t *testing.T) {
	server := newProvider(t)
	server.noRefresh = true
	s := run(t, nil, strings.NewReader(""), nil, nil, append(server.endpoints(), "--client-id", "app", "microsoft", account)...)
	assert.Equal(t, statusFailed, s.status)
	assert.Contains(t, s.messages, "no refresh token")
}

// If the file is not a token file or is a symbolic link, the program reports this before the
// user logs in. If the file is empty or a damaged token file, even if other users can read
// it, it is replaced.
func TestExistingFile(t *testing.T) {
	server := newProvider(t)
	login := func(content string, args ...string) session {
		path := filepath.Join(t.TempDir(), "alice.token")
		require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
		return run(t, nil, strings.NewReader(""), nil, nil, append(append(server.endpoints(), args...), "--token-file", path, "--client-id", "app", "microsoft", account)...)
	}
	s := login("my diary")
	assert.Equal(t, statusUsage, s.status)
	assert.Contains(t, s.messages, "--force")
	content, err := os.ReadFile(s.file)
	require.NoError(t, err)
	assert.Equal(t, "my diary", string(content))
	assert.Empty(t, server.tokens)

	for _, content := range []string{"", "\x00\x00", `{"csmtp_token_file":1,"refre`, `{"csmtp_token_file":9}`} {
		s := login(content)
		want(t, s, "smtp.office365.com")
		usesFile(t, s)
	}
	s = login("my diary", "--force")
	want(t, s, "smtp.office365.com")

	target := filepath.Join(t.TempDir(), "target")
	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(target, link))
	s = run(t, nil, strings.NewReader(""), nil, nil, append(server.endpoints(), "--token-file", link, "--client-id", "app", "microsoft", account)...)
	assert.Equal(t, statusUsage, s.status)
	assert.Contains(t, s.messages, "symbolic link")
	assert.NoFileExists(t, target)
}

func TestFixedPort(t *testing.T) {
	server := newProvider(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	port := fmt.Sprint(taken.Addr().(*net.TCPAddr).Port)
	args := append(server.endpoints(), "--port", port, "--client-id", "app", "microsoft", account)
	s := run(t, nil, strings.NewReader(""), nil, display, args...)
	assert.Equal(t, statusUsage, s.status)
	assert.Contains(t, s.messages, "cannot wait for the browser")
}

func TestCanceledLogin(t *testing.T) {
	server := newProvider(t)
	ctx, cancel := context.WithCancel(context.Background())
	messages := &shared{}
	p := &program{in: strings.NewReader(""), out: io.Discard, messages: messages, env: func(string) string { return "" }, terminal: true}
	go func() {
		messages.await(t, "left) ...") // the end of the text with the remaining time
		cancel()
	}()
	args := append(server.endpoints(), "--no-browser", "--token-file", filepath.Join(t.TempDir(), "token"), "--client-id", "app", "microsoft", account)
	began := time.Now()
	assert.Equal(t, statusFailed, p.run(ctx, args))
	assert.Less(t, time.Since(began), time.Minute)
	assert.Contains(t, messages.String(), "csmtp-login: canceled")
}
