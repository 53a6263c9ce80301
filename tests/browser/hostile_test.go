// SPDX-License-Identifier: MIT

package browser

import (
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// trap is a web server that records its connections and the paths that are requested.
type trap struct {
	*httptest.Server
	t           *testing.T
	mu          sync.Mutex
	connections int
	paths       []string
}

func setTrap(t *testing.T) *trap {
	t.Helper()
	x := &trap{t: t}
	x.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x.mu.Lock()
		x.paths = append(x.paths, r.URL.Path)
		x.mu.Unlock()
		w.Header().Set("Access-Control-Allow-Origin", "*")
		io.WriteString(w, "x")
	}))
	x.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			x.mu.Lock()
			x.connections++
			x.mu.Unlock()
		}
	}
	x.Start()
	t.Cleanup(x.Close)
	return x
}

// caught returns the distinct paths that have been requested so far.
func (x *trap) caught() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	paths := slices.Clone(x.paths)
	slices.Sort(paths)
	return slices.Compact(paths)
}

// await waits until an address of each kind has been requested. If the page is shown without
// protection, it requests all of them.
func (x *trap) await() {
	x.t.Helper()
	for _, path := range []string{"/script", "/img", "/css-import", "/iframe", "/object", "/srcset", "/background", "/onerror", "/style-escape"} {
		await(x.t, "the control loads "+path, func() bool { return slices.Contains(x.caught(), path) })
	}
}

func (x *trap) opened() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.connections
}

// hostile returns testdata/hostile.html. This page uses every known way to load addresses
// that begin with 'base', and every known way to run scripts.
func hostile(t *testing.T, base string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/hostile.html")
	require.NoError(t, err)
	image := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg"><script>fetch("%[1]s/svg-script")</script><image href="%[1]s/svg-image"/></svg>`, base)
	return strings.NewReplacer("BASE", base, "SVG64", base64.StdEncoding.EncodeToString([]byte(image))).Replace(string(text))
}

// mailed returns a mail with the given HTML and with hostile texts in its header.
func mailed(html string) string {
	const bad = `<img src=x onerror=alert(1)>`
	return "From: \"" + bad + "\" <eve@evil.example>\nTo: \"</td><script>alert(1)</script>\" <bob@test.example>\nSubject: " + bad + "\u202e</title><script>alert(2)</script>\n" +
		"X-" + "Header: " + bad + "\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n" +
		"--b\nContent-Type: text/html; charset=utf-8\n\n" + html + "\n" +
		"--b\nContent-Type: image/svg+xml\nContent-ID: <svg>\n\n<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(3)\"><script>alert(4)</script></svg>\n" +
		"--b\nContent-Type: text/html; name=\"" + strings.ReplaceAll(bad, `"`, `'`) + ".html\"\nContent-Disposition: attachment\n\n" + bad + "\n--b--\n"
}

// stays returns the hostile HTML without the parts that make the browser leave the page,
// so that the page without protection has time to load everything.
func stays(html string) string {
	return strings.NewReplacer("alert(1);", "", `document.getElementById("form").submit()`, "", `http-equiv="refresh"`, "", `window.open(`, "(").Replace(html)
}

// pages returns the types and addresses of all pages and frames that the browser shows.
func (b *browser) pages() []string {
	b.t.Helper()
	var r struct {
		TargetInfos []struct{ Type, URL string }
	}
	b.must(b.call("", "Target.getTargets", values{}, &r))
	var all []string
	for _, i := range r.TargetInfos {
		all = append(all, i.Type+" "+i.URL)
	}
	slices.Sort(all)
	return all
}

// The HTML of a mail runs no script, loads nothing and opens no other page, even if the
// reader clicks and types. As a control, the test also loads the same HTML without
// protection, and checks that it then loads addresses of each kind.
func TestHostileHTML(t *testing.T) {
	s, b := start(t), launch(t)
	quiet, control := setTrap(t), setTrap(t)
	s.send(mailed(hostile(t, quiet.URL)))

	open := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path == "/" {
			io.WriteString(w, stays(hostile(t, control.URL)))
		}
	}))
	defer open.Close()

	p := b.open(s.ready["http"])
	p.look(1100, 800, "light")
	p.see(`document.querySelector("iframe")`)
	await(t, "the frame", func() bool { return strings.Contains(p.frame(), "The end of the hostile page") })
	before := b.pages()
	for x := 100.0; x < 1100; x += 200 {
		for y := 500.0; y < 790; y += 60 {
			p.clickAt(x, y)
		}
	}
	for _, key := range []string{"Tab", "Tab", "Tab"} {
		p.press(key, 9)
		p.press("Enter", 13)
	}
	for _, view := range []string{"headers", "parts", "source", "criticism", "dialogue", "html"} {
		p.click("#tab-" + view)
	}
	await(t, "the frame again", func() bool { return strings.Contains(p.frame(), "The end of the hostile page") })
	assert.Equal(t, "", p.eval(`document.querySelector("iframe").getAttribute("sandbox")`))
	assert.Equal(t, `<img src=x onerror=alert(1)>`+"\uFFFD"+`</title><script>alert(2)</script>`, p.eval(`document.querySelector("#subject").textContent`))
	assert.EqualValues(t, 0, p.eval(`document.querySelectorAll("#list img, #list script, #mail img, #mail script").length`))
	assert.Zero(t, p.dialogs)
	assert.Equal(t, "(1) Test inbox", p.eval("document.title"))
	assert.True(t, strings.HasPrefix(p.text("location.href"), s.ready["http"]))
	assert.Equal(t, len(before), len(b.pages()), "no window was opened: %q", b.pages())

	// Open the document of the frame as a page of its own.
	direct := b.open(s.ready["http"] + "mails/1/html/1")
	direct.see(`document.body && document.body.innerText.includes("The end of the hostile page")`)
	direct.clickAt(300, 300)
	assert.Zero(t, direct.dialogs)

	b.open(open.URL)
	control.await()
	assert.Empty(t, quiet.caught())
	assert.Zero(t, quiet.opened(), "connections")
}

// The Content-Security-Policy of the response and the sandbox of the frame protect the page
// even against HTML that is not filtered.
func TestPolicyAloneStopsHostileHTML(t *testing.T) {
	s, b := start(t), launch(t)
	quiet, control := setTrap(t), setTrap(t)
	s.send(letter("x", "<p>x</p>"))
	response, err := http.Get(s.ready["http"] + "mails/1/html/2")
	require.NoError(t, err)
	response.Body.Close()
	require.Equal(t, http.StatusOK, response.StatusCode)
	policy := response.Header.Get("Content-Security-Policy")
	require.NotEmpty(t, policy)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		switch r.URL.Path {
		case "/":
			w.Header().Set("Content-Security-Policy", "frame-src 'self'")
			io.WriteString(w, `<title>outside</title><iframe sandbox="" src="guarded" width=800 height=600></iframe>`)
		case "/guarded":
			w.Header().Set("Content-Security-Policy", policy)
			io.WriteString(w, hostile(t, quiet.URL))
		case "/control":
			io.WriteString(w, stays(hostile(t, control.URL)))
		}
	}))
	defer site.Close()
	p := b.open(site.URL)
	await(t, "the frame", func() bool { return strings.Contains(p.frame(), "The end of the hostile page") })
	p.clickAt(300, 300)
	b.open(site.URL + "/control")
	control.await()
	// Connections without a request (rel=preconnect) are ignored, because a
	// Content-Security-Policy does not forbid them.
	assert.Empty(t, quiet.caught())
	assert.Zero(t, p.dialogs)
	assert.Equal(t, "outside", p.eval("document.title"))
}

// The page still works with large and deeply nested HTML.
func TestHugeHTML(t *testing.T) {
	s, b := start(t), launch(t)
	p := b.open(s.ready["http"])
	for name, html := range map[string]string{
		"deep": strings.Repeat("<div>\n", 100000), "long": strings.Repeat("<p>0123456789</p>\n", 300000), "tables": strings.Repeat("<table><tr><td>\n", 3000),
		"attributes": "<p " + strings.Repeat("a=b\n", 100000) + ">", "style": "<style>" + strings.Repeat("p{color:red}\n", 100000) + "</style>", "open": strings.Repeat("<b\n", 100000),
	} {
		s.send(letter(name, html+"<p>end</p>"))
		p.see(fmt.Sprintf(`[...document.querySelectorAll("#list tr")].some(r => r.textContent.includes(%q))`, name))
		p.eval(fmt.Sprintf(`[...document.querySelectorAll("#list tbody tr")].find(r => r.textContent.includes(%q)).click()`, name))
		p.see(fmt.Sprintf(`document.querySelector("#subject").textContent === %q`, name))
		p.click("#tab-text")
		p.see(`document.querySelector("#panel").textContent.includes("The text.")`)
		p.click("#tab-html")
	}
	assert.Empty(t, p.errors())
}

// Requests from another site to the address of the page are refused, by the browser or by
// the server.
func TestOtherSites(t *testing.T) {
	s, b := start(t), launch(t)
	s.send(letter("Secret subject", "<p>x</p>"))
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<title>other</title>")
	}))
	defer other.Close()
	p := b.open(other.URL)
	p.see(`document.title === "other"`)
	for _, script := range []string{
		`fetch(A + "mails").then(r => r.text())`,
		`fetch(A + "clear", {method: "POST", mode: "no-cors"}).then(r => r.text())`,
		`fetch(A + "api/mails", {method: "DELETE"}).then(r => r.text())`,
		`new Promise(done => { const f = document.createElement("iframe"); f.onload = () => { let t = ""; try { t = f.contentDocument.body.innerText } catch (e) {} done(t) }; f.src = A; document.body.append(f) })`,
		`new Promise(done => { const s = document.createElement("script"); s.onload = () => done("loaded"); s.onerror = () => done("refused"); s.src = A + "inbox.js"; document.body.append(s) })`,
		`new Promise(done => { const e = new EventSource(A + "events"); e.onmessage = () => done("Secret"); e.onerror = () => { e.close(); done("") } })`,
	} {
		script = "(async () => { const A = " + fmt.Sprintf("%q", s.ready["http"]) + "; try { return String(await (" + script + ")) } catch (e) { return \"refused\" } })()"
		got := p.text(script)
		assert.NotContains(t, got, "Secret", script)
		assert.NotEqual(t, "loaded", got, script)
	}
	own := b.open(s.ready["http"])
	own.see(`document.querySelector("#subject").textContent === "Secret subject"`)
}
