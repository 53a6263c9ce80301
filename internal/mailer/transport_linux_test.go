// SPDX-License-Identifier: MIT

package mailer

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"csmtp/smtp"
	"csmtp/smtp/httpmail"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// connectProxy is an HTTP proxy for CONNECT that requires a login.
type connectProxy struct {
	net.Listener
	mu     sync.Mutex
	wanted []string // the targets of CONNECT
}

func newConnectProxy(t *testing.T) *connectProxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	p := &connectProxy{Listener: l}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(c)
		}
	}()
	return p
}

func (p *connectProxy) serve(c net.Conn) {
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	in := bufio.NewReader(c)
	r, err := http.ReadRequest(in)
	if err != nil {
		return
	}
	p.mu.Lock()
	p.wanted = append(p.wanted, r.Method+" "+r.Host)
	p.mu.Unlock()
	if r.Header.Get("Proxy-Authorization") != "Basic "+base64.StdEncoding.EncodeToString([]byte("user:proxysecret")) {
		fmt.Fprintf(c, "HTTP/1.1 407 You sent %s\r\n\r\n", r.Header.Get("Proxy-Authorization"))
		return
	}
	to, err := net.Dial("tcp", r.Host)
	if err != nil {
		return
	}
	defer to.Close()
	fmt.Fprint(c, "HTTP/1.1 200 OK\r\n\r\n")
	go io.Copy(to, in)
	io.Copy(c, to)
}

// If SetProxy was called, the client reaches the service only through this proxy.
func TestHTTPSThroughProxy(t *testing.T) {
	eachService(t, func(t *testing.T, name httpmail.Service) {
		proxy, service := newConnectProxy(t), https(t)
		h := handle(t, serve(t, smtptest.MailOptions{}))
		overHTTPS(t, h, name, service)
		mustCall(t, h, func(m *Mailer) error { return m.SetProxy("http://user:proxysecret@" + proxy.Addr().String()) })
		mustCall(t, h, (*Mailer).Send)
		assert.Len(t, service.Mails(), 1)
		assert.Equal(t, []string{"CONNECT " + strings.TrimPrefix(service.URL(), "https://")}, proxy.wanted)
		assert.Equal(t, proxy.Addr().String(), Value(h, (*Mailer).GetPeerAddress))

		mustCall(t, h, func(m *Mailer) error { return m.SetProxy("http://user:wrongsecret@" + proxy.Addr().String()) })
		text := mustFail(t, h, wsaConnect, (*Mailer).Send)
		assert.Contains(t, text, "407")
		assert.NotContains(t, text, "secret")
		assert.Equal(t, smtp.NotSent, endingOf(h).outcome)
		mustCall(t, h, func(m *Mailer) error { return m.SetProxy(fmt.Sprintf("socks5://127.0.0.1:%d", deadPort(t))) })
		mustFail(t, h, wsaConnect, (*Mailer).Send)
		assert.Len(t, service.Requests(), 1)
	})
}

// All callbacks run on the thread that has made the call.
func TestHTTPSCallbacksRunOnTheCallersThread(t *testing.T) {
	eachService(t, func(t *testing.T, name httpmail.Service) {
		service := https(t, smtptest.HTTPFault{Nth: 1, Status: 401})
		h := handle(t, serve(t, smtptest.MailOptions{}))
		overHTTPS(t, h, name, service)
		seen := map[string]map[int]bool{}
		note := func(what string) {
			if seen[what] == nil {
				seen[what] = map[int]bool{}
			}
			seen[what][syscall.Gettid()] = true
		}
		tokens := 0
		mustCall(t, h, func(m *Mailer) error {
			return m.SetTokenCallback(func(bool) (string, error) {
				note("token")
				tokens++
				return []string{"an-old-token", httpsToken}[min(tokens-1, 1)], nil
			})
		})
		mustCall(t, h, func(m *Mailer) error { return m.SetLogCallback(func(int, string) { note("log") }) })
		mustCall(t, h, func(m *Mailer) error {
			return m.SetProgressCallback(func(int64, int64) bool { note("progress"); return true })
		})
		mustCall(t, h, func(m *Mailer) error {
			return m.AddAttachmentReader("a", "text/plain", -1, func() (io.ReadCloser, error) {
				note("reader")
				return io.NopCloser(strings.NewReader(strings.Repeat("x", 100000))), nil
			})
		})
		runtime.LockOSThread() // a call from C does not change its thread either
		defer runtime.UnlockOSThread()
		mustCall(t, h, (*Mailer).Send)
		for _, what := range []string{"token", "log", "progress", "reader"} {
			assert.Equal(t, map[int]bool{syscall.Gettid(): true}, seen[what], what)
		}
		assert.Equal(t, 2, tokens)
		assert.Len(t, service.Mails(), 1)
	})
}

// The progress callback gets increasing numbers, and the last one is the size of the upload.
func TestHTTPSProgress(t *testing.T) {
	eachService(t, func(t *testing.T, name httpmail.Service) {
		service := https(t)
		h := handle(t, serve(t, smtptest.MailOptions{}))
		overHTTPS(t, h, name, service)
		mustCall(t, h, func(m *Mailer) error {
			return m.AddAttachmentData("a", "application/octet-stream", make([]byte, 300000))
		})
		mustCall(t, h, func(m *Mailer) error { return m.AddBCCRecipient("dan@test.example", "") })
		var steps []int64
		var end int64
		mustCall(t, h, func(m *Mailer) error {
			return m.SetProgressCallback(func(sent, total int64) bool { steps, end = append(steps, sent), total; return true })
		})
		mustCall(t, h, (*Mailer).Send)
		require.Greater(t, len(steps), 10)
		assert.IsIncreasing(t, steps)
		assert.Equal(t, end, steps[len(steps)-1])
		assert.EqualValues(t, end, len(service.Mails()[0].Message))
	})
}

// An asynchronous Send works over HTTPS, and Cancel ends it.
func TestHTTPSAsync(t *testing.T) {
	service := https(t, smtptest.HTTPFault{Nth: 2, Do: "stall"})
	h := handle(t, serve(t, smtptest.MailOptions{}))
	overHTTPS(t, h, httpmail.GmailAPI, service)
	require.Equal(t, NoError, SendAsync(h, nil))
	require.Equal(t, NoError, WaitAsync(h, 30*time.Second))
	assert.Len(t, service.Mails(), 1)
	require.Equal(t, NoError, SendAsync(h, nil))
	for len(service.Requests()) < 2 {
		time.Sleep(time.Millisecond)
	}
	Cancel(h)
	assert.Equal(t, canceled, WaitAsync(h, 30*time.Second))
}

// A configuration file can set the transport only if it belongs to the user of the process
// or to root.
func TestOwnerOfTheConfiguration(t *testing.T) {
	for _, c := range []struct {
		owner, own int
		want       bool
	}{{0, 0, true}, {0, 1000, true}, {1000, 1000, true}, {1000, 0, false}, {1001, 1000, false}} {
		assert.Equal(t, c.want, trustedOwner(c.owner, c.own), "%v", c)
	}
	path := filepath.Join(t.TempDir(), "csmtp.conf")
	require.NoError(t, os.WriteFile(path, []byte("[*]\ntransport = gmail-api\n"), 0o644))
	t.Setenv("CSMTP_CONFIG", path)
	s, _, err := configured(&settings{server: "mail.test.example"})
	require.NoError(t, err)
	assert.Equal(t, httpmail.GmailAPI, s.transport.service)
	if os.Chown(path, 65534, -1) == nil { // root may do this
		_, _, err = configured(&settings{server: "mail.test.example"})
		assert.ErrorContains(t, err, "it belongs to another user")
	}
}

// An open connection to a service is not used after the configuration file has set another
// URL.
func TestHTTPSOtherServer(t *testing.T) {
	first, second := https(t), https(t)
	path := filepath.Join(t.TempDir(), "csmtp.conf")
	write := func(s *smtptest.HTTPService) {
		require.NoError(t, os.WriteFile(path, []byte("[*]\ntransport-endpoint = "+s.URL()+"\n"), 0o600))
	}
	write(first)
	t.Setenv("CSMTP_CONFIG", path)
	h := handle(t, serve(t, smtptest.MailOptions{}))
	overHTTPS(t, h, httpmail.GmailAPI, first)
	mustCall(t, h, func(m *Mailer) error { return m.ConnectRemoteServer("a", 0, doNotSet, true, "", "") })
	mustCall(t, h, (*Mailer).Send)
	write(second)
	mustCall(t, h, (*Mailer).Send)
	assert.Len(t, first.Mails(), 1)
	assert.Len(t, second.Mails(), 1)
}

// A clone and a forked child have the transport of the original.
func TestHTTPSClone(t *testing.T) {
	service := https(t)
	h := handle(t, serve(t, smtptest.MailOptions{}))
	overHTTPS(t, h, httpmail.GmailAPI, service)
	c, n := Clone(h)
	require.Equal(t, NoError, n)
	defer Free(c)
	mustCall(t, c, (*Mailer).Send)
	child := childOf(t, h)
	defer Free(child)
	mustCall(t, child, (*Mailer).Send)
	assert.Len(t, service.Mails(), 2)
}
