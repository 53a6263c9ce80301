// SPDX-License-Identifier: MIT

package httpmail

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"csmtp/smtp"
	"csmtp/smtp/secret"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const testToken = "token-of-the-test-0123456789"

// open returns a client of a service that the test starts.
func open(t *testing.T, name Service, o smtptest.HTTPOptions) (*Client, *smtptest.HTTPService) {
	t.Helper()
	o.Tokens = []string{testToken}
	service, err := smtptest.NewHTTPService(o)
	require.NoError(t, err)
	t.Cleanup(service.Close)
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(smtptest.Authority().PEM()))
	c, err := Open(t.Context(), Config{
		Service: name, Endpoint: service.URL(),
		Token: func(context.Context, bool) (string, error) { return testToken, nil },
		Net:   smtp.Config{TLS: smtp.TLSConfig{RootCAs: roots}, Secrets: &secret.Set{}},
	})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c, service
}

// sized is a message whose WriteTo writes pieces of random sizes.
type sized struct {
	octets []byte
	size   int64 // what Size returns
	err    error // what WriteTo returns after the octets
}

func (m sized) Size() int64 { return m.size }

func (m sized) WriteTo(w io.Writer) (n int64, err error) {
	for rest := m.octets; len(rest) > 0; {
		k := 1 + rand.IntN(min(len(rest), 40000))
		if _, err := w.Write(rest[:k]); err != nil {
			return n, err
		}
		n += int64(k)
		rest = rest[k:]
	}
	return n, m.err
}

var envelope = &smtp.Envelope{From: "a@test.example", Recipients: []smtp.Recipient{{Address: "b@test.example"}}}

func header() Header {
	return Header{Senders: []string{"a@test.example"}, Shown: []string{"b@test.example"}}
}

// A message arrives unchanged, whatever its size and the sizes of its pieces. All
// messages use one connection.
func TestEachSizeArrives(t *testing.T) {
	for _, name := range Services() {
		c, service := open(t, name, smtptest.HTTPOptions{})
		head := "From: a@test.example\r\nTo: b@test.example\r\n\r\n"
		for i, size := range []int{len(head), len(head) + 1, len(head) + 2, 4095, 4096, 12287, 12288, 12289, 16383, 16384, 16385, 32768, 49152, 65536, 100000, 1 << 20} {
			octets := append([]byte(head), bytes.Repeat([]byte("x\r\n"), size)...)[:size]
			known := int64(size)
			if i%3 == 2 {
				known = -1
			}
			res, err := c.Send(envelope, header(), sized{octets, known, nil})
			require.NoError(t, err, "%s: %d octets", name, size)
			assert.Equal(t, smtp.Accepted, res.Outcome)
			mails := service.Mails()
			require.Len(t, mails, i+1)
			assert.True(t, bytes.Equal(octets, mails[i].Message), "%s: %d octets", name, size)
		}
		assert.Equal(t, 1, service.Connections())
	}
}

// If a message does not have the announced size or cannot be read to its end, the service never
// receives a complete request.
func TestMessageOfAnotherSizeIsNotSent(t *testing.T) {
	octets := []byte("From: a@test.example\r\nTo: b@test.example\r\n\r\n" + strings.Repeat("0123456789\r\n", 5000))
	for _, name := range Services() {
		for what, m := range map[string]sized{
			"shorter":       {octets, int64(len(octets)) + 1, nil},
			"much shorter":  {octets, int64(len(octets)) + 100000, nil},
			"longer":        {octets, int64(len(octets)) - 1, nil},
			"much longer":   {octets, 100, nil},
			"empty":         {nil, 10, nil},
			"fails":         {octets, int64(len(octets)), errors.New("the source failed")},
			"fails, chunks": {octets, -1, errors.New("the source failed")},
		} {
			c, service := open(t, name, smtptest.HTTPOptions{})
			res, err := c.Send(envelope, header(), m)
			var e *smtp.Error
			require.ErrorAs(t, err, &e, what)
			assert.Equal(t, smtp.KindLocal, e.Kind, "%s: %v", what, err)
			assert.Equal(t, smtp.NotSent, res.Outcome, what)
			assert.Empty(t, service.Mails(), what)
			_, err = c.Send(envelope, header(), sized{octets, int64(len(octets)), nil}) // the client can still be used
			require.NoError(t, err, what)
			assert.Len(t, service.Mails(), 1)
		}
	}
}

// A panicking message panics after its octets are written.
type panicking struct{ sized }

func (m panicking) WriteTo(w io.Writer) (int64, error) {
	_, _ = m.sized.WriteTo(w)
	panic("of the test")
}

// reading reports whether a goroutine waits for the response to a request.
func reading() bool {
	stacks := make([]byte, 1<<20)
	return bytes.Contains(stacks[:runtime.Stack(stacks, true)], []byte("httpmail.(*exchange).start.func"))
}

// After a panic in Progress or in the message, no goroutine waits for the response, the service
// has not received a complete request, and the client can still be used.
func TestPanicEndsTheRequest(t *testing.T) {
	octets := []byte("From: a@test.example\r\nTo: b@test.example\r\n\r\n" + strings.Repeat("0123456789\r\n", 5000))
	good := sized{octets, int64(len(octets)), nil}
	for name, of := range map[string]struct {
		message  smtp.Message
		progress func(_, _ int64) bool
	}{
		"Progress": {good, func(_, _ int64) bool { panic("of the test") }},
		"WriteTo":  {panicking{good}, func(_, _ int64) bool { return assert.True(t, reading()) }},
	} {
		t.Run(name, func(t *testing.T) {
			c, service := open(t, GmailAPI, smtptest.HTTPOptions{})
			e := *envelope
			e.Progress = of.progress
			assert.PanicsWithValue(t, "of the test", func() { _, _ = c.Send(&e, header(), of.message) })
			assert.Eventually(t, func() bool { return !reading() }, 10*time.Second, time.Millisecond)
			assert.Empty(t, service.Mails())
			_, err := c.Send(envelope, header(), good)
			require.NoError(t, err)
			assert.Len(t, service.Mails(), 1)
		})
	}
}

// generated is a large message whose content is generated while it is written.
type generated int64

func (g generated) Size() int64 { return int64(g) }

func (g generated) WriteTo(w io.Writer) (int64, error) {
	block := bytes.Repeat([]byte("0123456789abcd\r\n"), 4096)
	for rest := int64(g); rest > 0; rest -= int64(len(block)) {
		if _, err := w.Write(block[:min(rest, int64(len(block)))]); err != nil {
			return 0, err
		}
	}
	return int64(g), nil
}

// The client does not keep the message in memory. The test server refuses the message, so
// that the server does not keep it either.
func TestMessageIsNotHeldInMemory(t *testing.T) {
	c, service := open(t, GmailAPI, smtptest.HTTPOptions{Faults: []smtptest.HTTPFault{{Do: "discard", Status: 400}}})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := c.Send(envelope, header(), generated(32<<20))
	runtime.ReadMemStats(&after)
	require.ErrorContains(t, err, "HTTP 400")
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(8<<20))
	require.Len(t, service.Requests(), 1)
	assert.EqualValues(t, 32<<20, service.Requests()[0].Length)
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "0": 0, "30": 30 * time.Second, " 7 ": 7 * time.Second, "-1": 0, "1.5": 0, "soon": 0,
		"99999999999":                   mostWait * time.Second,
		"99999999999999999999999999":    0,
		"Thu, 01 Jan 2026 00:01:00 GMT": time.Minute,
		"Wed, 31 Dec 2025 00:00:00 GMT": 0,
		"Fri, 01 Jan 2027 00:00:00 GMT": mostWait * time.Second,
	} {
		assert.Equal(t, want, retryAfter(http.Header{"Retry-After": {value}}, now), value)
	}
}

func TestEndpoints(t *testing.T) {
	for _, good := range []string{"https://graph.microsoft.us", "https://graph.microsoft.us/", "https://[::1]:8443", "HTTPS://h:1/base"} {
		assert.NoError(t, CheckEndpoint(good), good)
	}
	for _, bad := range []string{"", "h", "http://h", "https:h", "https://", "https://u:p@h", "https://h?q", "https://h#f", "https://h:0", "https://h:99999", "https://h:x", "ftp://h", "https://h/\n"} {
		assert.Error(t, CheckEndpoint(bad), bad)
	}
	for endpoint, scope := range map[string]string{
		"": "https://graph.microsoft.com/.default", "https://graph.microsoft.us": "https://graph.microsoft.us/.default",
		"https://127.0.0.1:1": "https://graph.microsoft.com/.default",
	} {
		assert.Equal(t, scope, Scope(MicrosoftGraph, endpoint))
		assert.Empty(t, Scope(GmailAPI, endpoint))
	}
}

// The name of the mailbox is one segment of the path, whatever characters it contains.
func TestAccountInTheTarget(t *testing.T) {
	c := &Client{}
	for _, name := range Services() {
		require.NoError(t, c.Configure(Config{Service: name, Token: func(context.Context, bool) (string, error) { return "", nil }}))
		for account, want := range map[string]string{
			"a@b.example": "/users/a@b.example/", "a/../b": "/users/a%2F..%2Fb/", "a?b#c d\r\n": "/users/a%3Fb%23c%20d%0D%0A/", "..": "/users/%2E%2E/", "ü": "/users/%C3%BC/",
		} {
			assert.Contains(t, c.proto.target(c.base, account), want, name)
		}
	}
}

// FuzzResponse checks that the outcome and the error agree for every response of the service,
// and that no text contains a secret or a control character.
func FuzzResponse(f *testing.F) {
	f.Add(202, "", "", true, true)
	f.Add(200, `{"id":"1"}`, "", true, false)
	f.Add(200, "<html>", "", true, false)
	f.Add(401, `{"error":{"code":"InvalidAuthenticationToken","message":"`+testToken+`"}}`, "", false, true)
	f.Add(403, `{"error":{"code":403,"message":"x","errors":[{"reason":"rateLimitExceeded"}]}}`, "10", true, false)
	f.Add(429, `{"error":"a","error_description":"`+base64.StdEncoding.EncodeToString([]byte(testToken))+`"}`, "x", true, true)
	f.Add(500, `{"error":[]}`, "", true, true)
	f.Add(307, "\x00\x1b[31m", "", false, false)
	f.Fuzz(func(t *testing.T, status int, body, wait string, complete, graph bool) {
		if status < 200 || status > 999 {
			return
		}
		name := GmailAPI
		if graph {
			name = MicrosoftGraph
		}
		c := &Client{ctx: context.Background()}
		secrets := &secret.Set{}
		secrets.Add(testToken)
		require.NoError(t, c.Configure(Config{Service: name, Token: func(context.Context, bool) (string, error) { return testToken, nil }, Net: smtp.Config{Secrets: secrets}}))
		res := emptied(&smtp.Result{Recipients: make([]smtp.RecipientResult, 2)})
		r := &response{status: status, protocol: "HTTP/1.1", header: http.Header{"Retry-After": {wait}}, body: []byte(body)}
		e := c.judge(&verdict{ctx: c.ctx, complete: complete, response: r, res: &res})
		require.NotNil(t, res.Reply)
		switch {
		case e == nil:
			require.Equal(t, smtp.Accepted, res.Outcome)
			require.True(t, complete && status == c.proto.accepted)
			require.Equal(t, 250, res.Reply.Code)
		case errors.Is(e, smtp.ErrInDoubt):
			require.Equal(t, smtp.InDoubt, res.Outcome)
			require.False(t, res.SafeToRetry(e))
		case res.Reply.Temporary():
			require.Equal(t, smtp.RejectedTemporary, res.Outcome)
			require.True(t, res.SafeToRetry(e))
		default:
			require.Equal(t, smtp.RejectedPermanent, res.Outcome)
			require.False(t, res.SafeToRetry(e))
		}
		if complete && (status == 500 || status == 502 || status == 504) && e.Op == OpResponse && !errors.Is(e, smtp.ErrTooBig) {
			require.Equal(t, smtp.InDoubt, res.Outcome)
		}
		said := res.Reply.String() + res.QueueID
		if e != nil {
			said += e.Error()
		}
		require.NotContains(t, said, testToken)
		require.Equal(t, smtp.Visible(said), said)
	})
}
