// SPDX-License-Identifier: MIT

package web

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"csmtp/smtp/smtptest"
	"csmtp/tools/csmtp-testserver/internal/store"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Only requests that are sent to this computer and contain the token are accepted. Requests
// that a page of another site causes are refused.
func TestGuard(t *testing.T) {
	token := NewToken()
	assert.Greater(t, len(token), 20)
	assert.NotEqual(t, token, NewToken())
	seen := ""
	guarded := Guard(token, "8025", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = r.URL.Path }))
	for _, c := range []struct {
		path, host string
		header     []string
		status     int
	}{
		{"/" + token + "/", "127.0.0.1:8025", nil, 200},
		{"/" + token + "/api/mails", "localhost:8025", nil, 200},
		{"/" + token + "/", "LOCALHOST:8025", nil, 200},
		{"/" + token + "/", "[::1]:8025", nil, 200},
		{"/" + token + "/", "127.0.0.1:8025", []string{"Origin", "http://127.0.0.1:8025"}, 200},
		{"/" + token + "/", "127.0.0.1:8025", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"/" + token + "/", "127.0.0.1:8025", []string{"Sec-Fetch-Site", "none"}, 200},
		{"/" + token, "127.0.0.1:8025", nil, 301},
		{"/", "127.0.0.1:8025", nil, 404},
		{"/" + token[:5] + "/", "127.0.0.1:8025", nil, 404},
		{"/" + strings.ToUpper(token) + "/", "127.0.0.1:8025", nil, 404},
		{"//" + token + "/", "127.0.0.1:8025", nil, 404},
		{"/x/../" + token + "/", "127.0.0.1:8025", nil, 404},
		{"/" + token + "/", "evil.example:8025", nil, 403},
		{"/" + token + "/", "evil.example", nil, 403},
		{"/" + token + "/", "127.0.0.1.evil.example:8025", nil, 403},
		{"/" + token + "/", "127.0.0.1", nil, 403},
		{"/" + token + "/", "127.0.0.1:80", nil, 403},
		{"/" + token + "/", "10.0.0.1:8025", nil, 403},
		{"/" + token + "/", "", nil, 403},
		{"/" + token + "/", "127.0.0.1:8025", []string{"Origin", "http://evil.example"}, 403},
		{"/" + token + "/", "127.0.0.1:8025", []string{"Origin", "null"}, 403},
		{"/" + token + "/", "127.0.0.1:8025", []string{"Origin", "https://127.0.0.1:8025"}, 403},
		{"/" + token + "/", "127.0.0.1:8025", []string{"Origin", "http://localhost:8025"}, 403},
		{"/" + token + "/", "127.0.0.1:8025", []string{"Origin", "http://127.0.0.1:8026"}, 403},
		{"/" + token + "/", "127.0.0.1:8025", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"/" + token + "/", "127.0.0.1:8025", []string{"Sec-Fetch-Site", "same-site"}, 403},
	} {
		seen = ""
		r := httptest.NewRequest("GET", "http://x"+c.path, nil)
		r.Host = c.host
		for i := 0; i+1 < len(c.header); i += 2 {
			r.Header.Set(c.header[i], c.header[i+1])
		}
		w := httptest.NewRecorder()
		guarded.ServeHTTP(w, r)
		assert.Equal(t, c.status, w.Code, "%+v", c)
		assert.Equal(t, c.status == 200, seen != "", "%+v", c)
		assert.NotContains(t, seen, token)
		assert.Equal(t, "no-referrer", w.Header().Get("Referrer-Policy"), "the token is in the address")
		if c.status >= 400 {
			assert.NotContains(t, w.Body.String(), token)
		}
	}
}

// fixture is a mail server with the JSON interface.
type fixture struct {
	t    *testing.T
	smtp *smtptest.MailServer
	url  string
}

func newFixture(t *testing.T) *fixture { return newFixtureIn(t, "") }

// newFixtureIn returns a fixture. It keeps the mails in folder, or in memory if folder is
// "".
func newFixtureIn(t *testing.T, folder string) *fixture {
	t.Helper()
	mails := store.New(store.Limits{}, folder)
	server, err := smtptest.NewMailServer(smtptest.MailOptions{Folder: folder, Received: mails.Received, Ended: mails.Ended})
	require.NoError(t, err)
	t.Cleanup(server.Close)
	s := httptest.NewServer(NewAPI(mails, server))
	t.Cleanup(s.Close)
	return &fixture{t, server, s.URL}
}

// do sends a request and returns the response. If the body of the response is a JSON
// object, do also returns the parsed object.
func (f *fixture) do(method, path, body string, header ...string) (int, map[string]any, string) {
	f.t.Helper()
	r, err := http.NewRequest(method, f.url+path, strings.NewReader(body))
	require.NoError(f.t, err)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(f.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(f.t, err)
	var object map[string]any
	json.Unmarshal(text, &object)
	return answer.StatusCode, object, string(text)
}

// send sends a mail and returns the last reply of the mail server.
func (f *fixture) send() string { return f.sendMail("Subject: x\r\n\r\ny\r\n") }

func (f *fixture) sendMail(content string) string {
	f.t.Helper()
	conn, err := net.Dial("tcp", f.smtp.Addr())
	require.NoError(f.t, err)
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	r := bufio.NewReader(conn)
	last := ""
	for _, line := range []string{"", "EHLO me", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA", content + ".", "QUIT"} {
		if line != "" {
			io.WriteString(conn, line+"\r\n")
		}
		for {
			reply, err := r.ReadString('\n')
			if err != nil {
				return last
			}
			last = reply
			if reply[3] != '-' {
				break
			}
		}
	}
	return last
}

func TestMails(t *testing.T) {
	f := newFixture(t)
	_, list, _ := f.do("GET", "/mails", "")
	assert.Equal(t, map[string]any{"total": 0.0, "mails": []any{}}, list)
	waited := make(chan map[string]any, 1)
	go func() {
		_, list, _ := f.do("GET", "/mails?wait=2&timeout=20s", "")
		waited <- list
	}()
	f.send()
	f.send()
	assert.Equal(t, 2.0, (<-waited)["total"])

	status, one, _ := f.do("GET", "/mails/2", "")
	assert.Equal(t, 200, status)
	assert.Equal(t, "a@b.example", one["from"])
	assert.Contains(t, one["in"].(map[string]any)["dialogue"], "C: DATA")
	status, _, raw := f.do("GET", "/mails/2.eml", "")
	assert.Equal(t, 200, status)
	assert.Equal(t, "Subject: x\r\n\r\ny\r\n", raw)
	require.NoError(t, f.smtp.WaitIdle(2, 10*time.Second))

	status, list, _ = f.do("GET", "/mails?wait=3&timeout=0.01", "")
	assert.Equal(t, 408, status)
	assert.Equal(t, "2 of 3 mails received", list["error"])
	assert.Len(t, list["mails"], 2)

	status, _, _ = f.do("DELETE", "/mails", "")
	assert.Equal(t, 204, status)
	status, said, _ := f.do("GET", "/mails/2.eml", "")
	assert.Equal(t, 404, status)
	assert.Equal(t, "there is no mail 2", said["error"])
	f.send()
	_, list, _ = f.do("GET", "/mails?wait=1", "")
	assert.Equal(t, 1.0, list["total"])
	assert.Equal(t, 3.0, list["mails"].([]any)[0].(map[string]any)["number"], "numbers are not reused")
}

// The JSON form of a mail contains its decoded subject, whether the content is in memory or
// in a file.
func TestSubjects(t *testing.T) {
	for name, folder := range map[string]string{"memory": "", "folder": t.TempDir()} {
		t.Run(name, func(t *testing.T) {
			f := newFixtureIn(t, folder)
			for i, c := range []struct{ content, subject string }{
				{"Subject: Report\r\n\r\ny\r\n", "Report"},
				{"From: a@b.example\r\nSUBJECT: Report =?UTF-8?B?w6l0w6k=?=\r\n =?ISO-8859-1?Q?_=E9?=\r\n\r\ny\r\n", "Report été é"},
				{"Subject: =?windows-1252?Q?=80?=\r\n\r\ny\r\n", "€"},
				{"Subject: =?unknown?Q?x?=\r\n\r\ny\r\n", "=?unknown?Q?x?="},
				{"From: a@b.example\r\n\r\nSubject: y\r\n", ""},
				{"", ""},
				{"X: " + strings.Repeat("x", 900) + "\r\nSubject: late\r\n\r\n" + strings.Repeat("y\r\n", 100_000), "late"},
			} {
				require.True(t, strings.HasPrefix(f.sendMail(c.content), "221"))
				_, one, _ := f.do("GET", fmt.Sprintf("/mails/%d", i+1), "")
				assert.Equal(t, c.subject, one["subject"], c.content[:min(len(c.content), 80)])
				_, list, _ := f.do("GET", "/mails", "")
				assert.Equal(t, c.subject, list["mails"].([]any)[i].(map[string]any)["subject"])
			}
		})
	}
}

func TestSessions(t *testing.T) {
	f := newFixture(t)
	f.send()
	_, said, _ := f.do("GET", "/sessions", "")
	require.Len(t, said["sessions"], 1)
	status, one, _ := f.do("GET", "/sessions/1", "")
	assert.Equal(t, 200, status)
	assert.Equal(t, "me", one["client_name"])
	status, _, _ = f.do("GET", "/sessions/2", "")
	assert.Equal(t, 404, status)
}

func TestScript(t *testing.T) {
	f := newFixture(t)
	_, said, _ := f.do("GET", "/script", "")
	assert.Equal(t, "none", said["state"])
	status, said, _ := f.do("PUT", "/script", `{"name": "mailbox-full"}`)
	assert.Equal(t, 200, status)
	assert.Equal(t, "waiting", said["state"])
	f.send()
	status, said, _ = f.do("GET", "/script?wait=10s", "")
	assert.Equal(t, 200, status)
	assert.Equal(t, map[string]any{"name": "mailbox-full", "state": "played", "runs": 1.0}, said)

	_, said, _ = f.do("PUT", "/script", `{"text": "S: 220 x\nC: HELO *\n* close\n", "name": "mine", "delivery": "byte"}`)
	assert.Equal(t, "mine", said["name"])
	f.send()
	status, said, _ = f.do("GET", "/script?wait=10", "")
	assert.Equal(t, 200, status)
	assert.Equal(t, "failed", said["state"])
	assert.Equal(t, "HELO *", said["want"])
	assert.Equal(t, "EHLO me", said["got"])
	assert.Equal(t, 2.0, said["line"])

	f.do("PUT", "/script", `{"name": "greylisting"}`)
	status, said, _ = f.do("GET", "/script?wait=10ms", "")
	assert.Equal(t, 408, status)
	assert.Equal(t, "waiting", said["state"])
	status, _, _ = f.do("DELETE", "/script", "")
	assert.Equal(t, 204, status)
	assert.True(t, strings.HasPrefix(f.send(), "221"))
	_, said, _ = f.do("GET", "/scripts", "")
	assert.Len(t, said["scripts"], len(smtptest.ReadyScripts()))
}

// A request PUT /script with wait ends if the HTTP client closes the connection.
func TestClientLeavesWhileWaiting(t *testing.T) {
	server, err := smtptest.NewMailServer(smtptest.MailOptions{})
	require.NoError(t, err)
	defer server.Close()
	ctx, leave := context.WithCancel(t.Context())
	leave()
	request := httptest.NewRequestWithContext(ctx, http.MethodPut, "/script?wait=10m", strings.NewReader(`{"text": "S: 220 x\n* leave\n"}`))
	request.Header.Set("Content-Type", "application/json")
	done := make(chan int, 1)
	go func() {
		w := httptest.NewRecorder()
		NewAPI(store.New(store.Limits{}, ""), server).ServeHTTP(w, request)
		done <- w.Code
	}()
	select {
	case status := <-done:
		assert.Equal(t, http.StatusRequestTimeout, status)
	case <-time.After(30 * time.Second):
		assert.Fail(t, "the request still waits")
	}
}

// The time limit for reading the body of PUT /script does not end the wait.
func TestWaitAfterBody(t *testing.T) {
	maxRead = 100 * time.Millisecond
	defer func() { maxRead = 30 * time.Second }()
	f := newFixture(t)
	status, said, _ := f.do("PUT", "/script?wait=500ms", `{"name": "greylisting"}`)
	assert.Equal(t, http.StatusRequestTimeout, status)
	assert.Equal(t, "waiting", said["state"])
	go func() {
		time.Sleep(500 * time.Millisecond)
		f.send()
	}()
	_, said, _ = f.do("PUT", "/script?wait=30s", `{"name": "mailbox-full"}`)
	assert.Equal(t, "played", said["state"])
}

func TestBadRequests(t *testing.T) {
	f := newFixture(t)
	for _, c := range []struct {
		method, path, body string
		status             int
		says               string
	}{
		{"GET", "/mails?wait=many", "", 400, "is not a number"},
		{"GET", "/mails?wait=-1", "", 400, "is not a number"},
		{"GET", "/mails?wait=1&timeout=soon", "", 400, "is not a duration"},
		{"GET", "/mails?wait=1&timeout=NaN", "", 400, "is not a duration"},
		{"GET", "/mails?wait=1&timeout=-1", "", 400, "is not a duration"},
		{"GET", "/mails?wait=1&timeout=1e300", "", 400, "is not a duration"},
		{"GET", "/mails/x", "", 400, "is not the number"},
		{"GET", "/mails/..%2F1.eml", "", 400, "is not the number"},
		{"GET", "/mails/99999999999999999999", "", 400, "is not the number"},
		{"GET", "/script?wait=soon", "", 400, "is not a duration"},
		{"PUT", "/script", `{"name": "none"}`, 400, "unknown script"},
		{"PUT", "/script", `{"name": "../scripts/greylisting"}`, 400, "unknown script"},
		{"PUT", "/script", `{"text": "* dance"}`, 400, "line 1: unknown directive"},
		{"PUT", "/script", `{"text": ""}`, 400, "want"},
		{"PUT", "/script", `{"nom": "greylisting"}`, 400, "unknown field"},
		{"PUT", "/script", `{"name": "greylisting"} {}`, 400, "one JSON object"},
		{"PUT", "/script", `{"name": "greylisting", "delivery": "bits"}`, 400, "delivery"},
		{"PUT", "/script", `{"name": "slow-drip", "delivery": "byte"}`, 400, "cannot be played"},
		{"PUT", "/script", `[`, 400, "unexpected"},
		{"PUT", "/script", `{"text": "` + strings.Repeat("#", 2<<20) + `"}`, 400, "too large"},
		{"PUT", "/script", `[]`, 400, `want {"name": "..."}`},
		{"PUT", "/script", `{"name": 1}`, 400, `want {"name": "..."}`},
		{"PUT", "/script", `nope`, 400, "not valid JSON"},
		{"PUT", "/script", `{"text": "S: 220 x\nC: ~(\n"}`, 400, "line 2: error parsing regexp: missing closing ): `(`"},
		{"PUT", "/script", `{"text": "\n# nothing"}`, 400, "the script has no steps"},
		{"POST", "/script", `{}`, 405, "no POST /script"},
		{"GET", "/nothing", "", 404, "no GET /nothing"},
	} {
		status, said, text := f.do(c.method, c.path, c.body)
		assert.Equal(t, c.status, status, "%s %s: %s", c.method, c.path, text)
		if c.says != "" {
			assert.Contains(t, said["error"], c.says, c.path)
		}
	}
	// PUT /script accepts only the content type JSON, which a form on a page of another
	// site cannot send.
	status, _, _ := f.do("PUT", "/script", `{"name": "greylisting"}`, "Content-Type", "text/plain")
	assert.Equal(t, 415, status)
}
