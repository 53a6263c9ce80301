// SPDX-License-Identifier: MIT

package page

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"csmtp/smtp/smtptest"
	"csmtp/tools/csmtp-testserver/internal/eml"
	"csmtp/tools/csmtp-testserver/internal/store"
	"csmtp/tools/csmtp-testserver/internal/web"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// site is a page, and a server on loopback that serves it.
type site struct {
	t      *testing.T
	mails  *store.Store
	page   *Page
	server *httptest.Server
	token  string
	count  int
}

func serve(t *testing.T, o Options) *site {
	t.Helper()
	s := &site{t: t, mails: store.New(store.Limits{}, ""), token: web.NewToken()}
	s.page = New(s.mails, o)
	s.server = httptest.NewUnstartedServer(nil)
	_, port, err := net.SplitHostPort(s.server.Listener.Addr().String())
	require.NoError(t, err)
	s.server.Config.Handler = web.Guard(s.token, port, s.page)
	s.server.Start()
	t.Cleanup(s.server.Close)
	return s
}

func (s *site) path(path string) string { return "/" + s.token + "/" + path }

// add adds a mail to the store. The lines of 'message' end in LF.
func (s *site) add(message string) {
	s.t.Helper()
	s.count++
	data := []byte(strings.ReplaceAll(message, "\n", "\r\n"))
	var in store.Session
	require.NoError(s.t, json.Unmarshal([]byte(`{"number": 7, "dialogue": ["S: 220 test.example ESMTP", "C: EHLO client.example", "* a <b>comment</b>", "C: QUIT"]}`), &in))
	s.mails.Received(store.Mail{Number: s.count, Session: 7, Received: time.Date(2026, 5, 4, 12, 0, s.count, 0, time.UTC), Login: "alice", TLS: "TLS 1.3",
		From: "alice@test.example", Params: []string{"SIZE=100"}, Recipients: []smtptest.Recipient{{Address: "bob@test.example"}, {Address: "carol@test.example"}},
		Size: int64(len(data)), Data: data}, in)
}

// do sends a request. fields contains names and values, in pairs.
func (s *site) do(method, path string, fields ...string) (*http.Response, string) {
	s.t.Helper()
	r, err := http.NewRequest(method, s.server.URL+path, nil)
	require.NoError(s.t, err)
	for i := 0; i < len(fields); i += 2 {
		r.Header.Set(fields[i], fields[i+1])
		if fields[i] == "Host" {
			r.Host = fields[i+1]
		}
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(r)
	require.NoError(s.t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(s.t, err)
	return response, string(body)
}

// get returns the content of /TOKEN/path.
func (s *site) get(path string) string {
	s.t.Helper()
	response, body := s.do("GET", s.path(path))
	require.Equal(s.t, http.StatusOK, response.StatusCode, body)
	return body
}

func (s *site) json(path string, v any) {
	s.t.Helper()
	require.NoError(s.t, json.Unmarshal([]byte(s.get(path)), v))
}

const mixed = `Date: Mon, 04 May 2026 11:59:00 +0000
From: =?utf-8?Q?Zo=C3=AB?= <alice@test.example>
To: Bob <bob@test.example>
Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=m

--m
Content-Type: multipart/alternative; boundary=a

--a
Content-Type: text/plain; charset=utf-8

Hello.
--a
Content-Type: multipart/related; boundary=r

--r
Content-Type: text/html; charset=utf-8

<p onclick="x()">Hi</p><img alt="" src="cid:logo"><img alt="" src="http://remote.example/a.png"><a href="http://link.example/">there</a>
--r
Content-Type: image/png
Content-ID: <logo>
Content-Transfer-Encoding: base64

AAEC
--r--
--a--
--m
Content-Type: text/html; name="page.html"
Content-Disposition: attachment; filename="=?utf-8?Q?=C3=BC/../page.html?="

<script>alert(1)</script>
--m--
`

func TestList(t *testing.T) {
	s := serve(t, Options{})
	assert.JSONEq(t, `{"mails":[]}`, s.get("mails"))
	s.add(mixed)
	s.add("Subject: \x1b[31m<img src=x>\u202egpj\n\nx\n")
	var list struct{ Mails []summary }
	s.json("mails", &list)
	require.Len(t, list.Mails, 2)
	m := list.Mails[0]
	assert.Equal(t, "Zoë <alice@test.example>", m.From)
	assert.Equal(t, "Bob <bob@test.example>", m.To)
	assert.Equal(t, "Grüße", m.Subject)
	assert.Equal(t, 2, m.Files)
	assert.Equal(t, 1, m.Number)
	var ids []string
	for _, f := range m.Marks {
		ids = append(ids, f.ID)
	}
	assert.Equal(t, []string{"missing-message-id", "encoded-word-parameter", "filename-path", "html-script"}, ids[:4], "%v", ids)
	assert.Equal(t, "\uFFFD[31m<img src=x>\uFFFDgpj", list.Mails[1].Subject)
	assert.Equal(t, "alice@test.example", list.Mails[1].From, "from the envelope")
	assert.Equal(t, "bob@test.example, carol@test.example", list.Mails[1].To)
}

func TestDetails(t *testing.T) {
	s := serve(t, Options{})
	s.add(mixed)
	var d details
	s.json("mails/1", &d)
	require.NotNil(t, d.Text)
	assert.Equal(t, "Hello.", *d.Text)
	assert.Equal(t, "1.1", d.TextPart)
	require.Len(t, d.HTML, 1)
	assert.Equal(t, "1.2.1", d.HTML[0].Part)
	assert.Equal(t, []string{"http://remote.example/a.png"}, d.HTML[0].Remote)
	assert.Equal(t, "http://link.example/", d.HTML[0].Links[0].Target)
	assert.Equal(t, &envelope{From: "alice@test.example", Params: []string{"SIZE=100"}, Recipients: []string{"bob@test.example", "carol@test.example"},
		Login: "alice", TLS: "TLS 1.3"}, d.Envelope)
	assert.Equal(t, field{"Subject", "Grüße"}, d.Header[3])
	assert.Contains(t, d.RawHeader, "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\n")
	assert.Equal(t, strings.ReplaceAll(mixed, "\r\n", "\n"), d.Source)
	assert.Contains(t, d.Dialogue, "* a <b>comment</b>")
	require.Len(t, d.Parts, 7)
	assert.Equal(t, part{Part: "1.2.2", Depth: 3, Type: "image/png", Encoding: "base64", ContentID: "logo", Size: 3, Attachment: true}, d.Parts[5])

	frame := s.get("mails/1/html/1.2.1")
	assert.Contains(t, frame, `<p>Hi</p><img alt="" src="data:image/png;base64,AAEC"><img alt=""><a title="http://link.example/">there</a>`)
}

// If a header field is long, only its beginning is decoded.
func TestLongHeaderField(t *testing.T) {
	long := strings.Repeat("=?utf-8?Q??= ", 6000) + "end"
	assert.NotContains(t, decoded(long, maxValue), "end")
	assert.Equal(t, "\u00e9", decoded("=?utf-8?Q?=C3=A9?=", maxValue))
}

// The source shows every octet, and every line end that is not CRLF.
func TestSource(t *testing.T) {
	text, cut := source([]byte("a\r\nb\nc\rd\x00\xfc\u202e"))
	assert.Equal(t, "a\nb\u240A\nc\u240Dd\u2400\u00fc\uFFFD", text)
	assert.False(t, cut)
	_, cut = source(make([]byte, maxSource+1))
	assert.True(t, cut)
}

func TestDownloads(t *testing.T) {
	s := serve(t, Options{})
	s.add(mixed)
	for path, want := range map[string][2]string{
		"mails/1/source":     {`attachment; filename=1.eml`, strings.ReplaceAll(mixed, "\n", "\r\n")},
		"mails/1/file/2":     {`attachment; filename=page.html`, "<script>alert(1)</script>"},
		"mails/1/file/1.2.2": {`attachment; filename=part-1.2.2.bin`, "\x00\x01\x02"},
		"mails/1/file/1.1":   {`attachment; filename=part-1.1.txt`, "Hello."},
		"mails/1/file/1.2.1": {`attachment; filename=part-1.2.1.html`, ""},
	} {
		response, body := s.do("GET", s.path(path))
		assert.Equal(t, http.StatusOK, response.StatusCode, path)
		assert.Equal(t, want[0], response.Header.Get("Content-Disposition"), path)
		assert.Equal(t, "application/octet-stream", response.Header.Get("Content-Type"), path)
		assert.Contains(t, response.Header.Get("Content-Security-Policy"), "sandbox")
		if want[1] != "" {
			assert.Equal(t, want[1], body, path)
		}
	}
	for _, path := range []string{"mails/2", "mails/x", "mails/1/file/9", "mails/1/html/1.1", "mails/1/html/2.1", "mails/1/file", "mails/1/x/1", "nonsense", "assets/inbox.js", "../x"} {
		response, _ := s.do("GET", s.path(path))
		assert.Equal(t, http.StatusNotFound, response.StatusCode, path)
	}
}

func TestFileNames(t *testing.T) {
	for given, want := range map[string]string{
		"a.txt": "a.txt", ".bashrc": "bashrc", "..": "part-0.txt", "exe\u202egpj.x": "exe_gpj.x", `a"b<c>:d|e?f*g`: "a_b_c__d_e_f_g", "ü 表.txt": "ü 表.txt",
	} {
		s := serve(t, Options{})
		s.add("Content-Disposition: attachment; filename=\"" + strings.ReplaceAll(given, `"`, `\"`) + "\"\n\nx")
		assert.Equal(t, want, fileName(eml.Parse(s.mails.Mails()[0].Data).Part), given)
	}
}

func TestEveryResponseIsProtected(t *testing.T) {
	s := serve(t, Options{})
	s.add(mixed)
	for _, path := range []string{"", "inbox.css", "inbox.js", "mails", "mails/1", "mails/1/html/1.2.1", "mails/1/source", "mails/1/file/2", "none"} {
		response, _ := s.do("GET", s.path(path))
		h := response.Header
		policy := h.Get("Content-Security-Policy")
		assert.True(t, strings.HasPrefix(policy, "default-src 'none'; "), path)
		assert.Contains(t, policy, "frame-ancestors", path)
		assert.NotContains(t, policy, "unsafe-eval", path)
		assert.NotContains(t, strings.ReplaceAll(policy, "style-src 'unsafe-inline'", ""), "unsafe-inline", path)
		assert.NotContains(t, policy, "allow-", path)
		assert.Equal(t, "nosniff", h.Get("X-Content-Type-Options"), path)
		assert.Equal(t, "no-referrer", h.Get("Referrer-Policy"), path)
		assert.Equal(t, "no-store", h.Get("Cache-Control"), path)
		assert.Empty(t, h.Get("Access-Control-Allow-Origin"), path)
	}
	frame, _ := s.do("GET", s.path("mails/1/html/1.2.1"))
	assert.Contains(t, frame.Header.Get("Content-Security-Policy"), "; sandbox")
}

func TestForeignRequestsAreRefused(t *testing.T) {
	s := serve(t, Options{})
	own := strings.TrimPrefix(s.server.URL, "http://")
	_, port, _ := strings.Cut(own, ":")
	for _, c := range []struct {
		name   string
		fields []string
		want   int
	}{
		{"own", nil, 200},
		{"localhost", []string{"Host", "localhost:" + port}, 200},
		{"IPv6", []string{"Host", "[::1]:" + port}, 200},
		{"foreign name", []string{"Host", "evil.example:" + port}, 403},
		{"foreign name without port", []string{"Host", "evil.example"}, 403},
		{"name that begins so", []string{"Host", "127.0.0.1.evil.example:" + port}, 403},
		{"name that ends so", []string{"Host", "evil.localhost:" + port}, 403},
		{"localhost.example", []string{"Host", "localhost.example:" + port}, 403},
		{"foreign address", []string{"Host", "192.0.2.1:" + port}, 403},
		{"other port", []string{"Host", "127.0.0.1:1"}, 403},
		{"no port", []string{"Host", "127.0.0.1"}, 403},
		{"own origin", []string{"Origin", "http://" + own}, 200},
		{"origin null", []string{"Origin", "null"}, 403},
		{"foreign origin", []string{"Origin", "http://evil.example"}, 403},
		{"other port's origin", []string{"Origin", "http://127.0.0.1:1"}, 403},
		{"other scheme's origin", []string{"Origin", "https://" + own}, 403},
		{"other own name's origin", []string{"Origin", "http://localhost:" + port}, 403},
		{"cross-site", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"}, 403},
		{"same-site", []string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "cors"}, 403},
		{"a frame of another site", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}, 403},
		{"a link of another site", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, 403},
		{"same origin", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"typed", []string{"Sec-Fetch-Site", "none"}, 200},
	} {
		for _, path := range []string{"", "mails", "inbox.js"} {
			response, body := s.do("GET", s.path(path), c.fields...)
			assert.Equal(t, c.want, response.StatusCode, "%s: %s", c.name, body)
			if c.want == 403 {
				assert.NotContains(t, body, s.token)
				assert.Empty(t, response.Header.Get("Location"))
			}
		}
	}
	for _, path := range []string{"/", "/mails", "/favicon.ico", "//", s.path("")[:10] + "/", strings.ToUpper(s.path("")), "/x" + s.path("")} {
		response, body := s.do("GET", path)
		assert.Equal(t, http.StatusNotFound, response.StatusCode, path)
		assert.NotContains(t, body, s.token)
	}
}

func TestClear(t *testing.T) {
	s := serve(t, Options{})
	s.add(mixed)
	for _, c := range []struct {
		method string
		fields []string
		want   int
	}{{"GET", nil, 405}, {"POST", []string{"Origin", "http://evil.example"}, 403}, {"POST", []string{"Origin", "null"}, 403}} {
		response, _ := s.do(c.method, s.path("clear"), c.fields...)
		assert.Equal(t, c.want, response.StatusCode)
		assert.Len(t, s.mails.Mails(), 1)
	}
	s.get("mails")
	assert.Len(t, s.page.rows, 1)
	response, _ := s.do("POST", s.path("clear"), "Origin", s.server.URL)
	assert.Equal(t, http.StatusNoContent, response.StatusCode)
	assert.JSONEq(t, `{"mails":[]}`, s.get("mails"))
	assert.Empty(t, s.page.rows, "nothing is kept of deleted mails")

	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS"} {
		response, _ := s.do(method, s.path("mails"))
		assert.Equal(t, http.StatusMethodNotAllowed, response.StatusCode, method)
	}
	preview := serve(t, Options{Preview: true})
	response, _ = preview.do("POST", preview.path("clear"))
	assert.Equal(t, http.StatusMethodNotAllowed, response.StatusCode)
	assert.Contains(t, preview.get(""), `data-mode="preview"`)
	assert.Contains(t, s.get(""), `data-mode="inbox"`)
}

func TestEvents(t *testing.T) {
	s := serve(t, Options{})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", s.server.URL+s.path("events"), nil)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer response.Body.Close()
	assert.Equal(t, "text/event-stream", response.Header.Get("Content-Type"))
	lines := bufio.NewScanner(response.Body)
	next := func() string {
		for lines.Scan() {
			if data, is := strings.CutPrefix(lines.Text(), "data: "); is {
				return data
			}
		}
		return ""
	}
	assert.Equal(t, "0", next())
	assert.True(t, s.page.Watched())
	s.add(mixed)
	assert.Equal(t, "1", next())
	require.NoError(t, s.mails.Clear())
	assert.Equal(t, "2", next())
	cancel()
	select {
	case <-s.page.Left():
	case <-time.After(time.Minute):
		assert.Fail(t, "Left")
	}
	assert.False(t, s.page.Watched())
}

// The page also shows mails whose content is not kept.
func TestDiscardedMail(t *testing.T) {
	s := serve(t, Options{})
	s.mails.Received(store.Mail{Number: 1, From: "alice@test.example", Size: 100}, store.Session{Number: 1})
	var d details
	s.json("mails/1", &d)
	assert.False(t, d.Kept)
	assert.Empty(t, d.Findings)
	assert.Equal(t, "alice@test.example", d.From)
}

// A preview prints the address of the page, and opens a browser with another address, which
// works only once. The preview ends when the browser closes the page.
func TestPreview(t *testing.T) {
	out, in := io.Pipe()
	result, opened := make(chan error, 1), make(chan string, 1)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	go func() {
		v := Preview{Grace: time.Millisecond, Open: func(address string) error {
			opened <- address
			return errors.New("none")
		}}
		result <- v.Run(ctx, []byte("Subject: hi\r\n\r\nx\r\n"), in)
	}()
	lines := bufio.NewReader(out)
	address, err := lines.ReadString('\n')
	require.NoError(t, err)
	said, err := lines.ReadString('\n')
	require.NoError(t, err)
	assert.Contains(t, said, "No browser can be started (none)")
	address = strings.TrimSpace(address)
	once := <-opened
	u, err := url.Parse(address)
	require.NoError(t, err)
	assert.NotContains(t, once, strings.Trim(u.Path, "/"), "other users can read the command line")
	get := func(address string) *http.Response {
		response, err := http.Get(address)
		require.NoError(t, err)
		t.Cleanup(func() { response.Body.Close() })
		return response
	}
	assert.Equal(t, address, get(once).Request.URL.String())
	assert.Equal(t, http.StatusNotFound, get(once).StatusCode, "the second time")
	var d details
	require.NoError(t, json.NewDecoder(get(address+"mails/1").Body).Decode(&d))
	assert.Equal(t, "hi", d.Subject)
	assert.Nil(t, d.Envelope)

	watching, leave := context.WithCancel(ctx)
	r, err := http.NewRequestWithContext(watching, "GET", address+"events", nil)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	select {
	case <-result:
		assert.Fail(t, "the page is open")
	default:
	}
	leave()
	response.Body.Close()
	assert.NoError(t, <-result)
	assert.NoError(t, ctx.Err(), "it ended by itself")
}
