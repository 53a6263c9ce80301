// SPDX-License-Identifier: MIT

package browser

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/websocket"
)

// browser is headless Chromium, controlled through the DevTools protocol.
type browser struct {
	t      *testing.T
	conn   *websocket.Conn
	mu     sync.Mutex
	id     int
	answer map[int]chan message
	tabs   map[string]*tab // by session id; a tab has an entry for its own session, and one for each of its frames
}

// message is a message of the DevTools protocol: a command, an answer or an event.
type message struct {
	ID        int                       `json:"id,omitempty"`
	SessionID string                    `json:"sessionId,omitempty"`
	Method    string                    `json:"method,omitempty"`
	Params    json.RawMessage           `json:"params,omitempty"`
	Result    json.RawMessage           `json:"result,omitempty"`
	Error     *struct{ Message string } `json:"error,omitempty"`
}

// launch starts the browser with options that prevent it from resolving host names.
func launch(t *testing.T) *browser {
	t.Helper()
	program := hosttest.Need(t, "chromium")
	folder := t.TempDir()
	cmd := exec.Command(program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--mute-audio",
		"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--user-data-dir="+folder, "--remote-debugging-port=0",
		"--remote-allow-origins=http://127.0.0.1", "about:blank")
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	require.NoError(t, cmd.Start())
	ended := make(chan struct{})
	go func() {
		cmd.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		cmd.Process.Kill()
		<-ended
	})
	var port []byte
	await(t, "the browser listens", func() bool {
		select {
		case <-ended:
			require.Fail(t, "the browser has ended", complaints.String())
		default:
		}
		port, _ = os.ReadFile(filepath.Join(folder, "DevToolsActivePort"))
		return bytes.Count(port, []byte("\n")) == 1
	})
	words := strings.Fields(string(port))
	conn, err := websocket.Dial("ws://127.0.0.1:"+words[0]+words[1], "", "http://127.0.0.1")
	require.NoError(t, err)
	conn.MaxPayloadBytes = 64 << 20
	b := &browser{t: t, conn: conn, answer: map[int]chan message{}, tabs: map[string]*tab{}}
	t.Cleanup(func() { conn.Close() })
	go b.read()
	return b
}

// await waits until a condition holds.
func await(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(hosttest.Deadline); !condition(); time.Sleep(20 * time.Millisecond) {
		require.True(t, time.Now().Before(end), "waiting in vain: %s", what)
	}
}

func (b *browser) read() {
	for {
		var m message
		if websocket.JSON.Receive(b.conn, &m) != nil {
			return
		}
		b.mu.Lock()
		waiting, p := b.answer[m.ID], b.tabs[m.SessionID]
		b.mu.Unlock()
		switch {
		case m.ID == 0 && p != nil:
			p.note(m)
		case waiting != nil:
			waiting <- m
		}
	}
}

// call sends a command to a session, and stores the result of the command in *to. If 'to'
// is nil, call discards the result.
func (b *browser) call(session, method string, params, to any) error {
	text, err := json.Marshal(params)
	if err != nil {
		return err
	}
	b.mu.Lock()
	b.id++
	id := b.id
	answer := make(chan message, 1)
	b.answer[id] = answer
	err = websocket.JSON.Send(b.conn, message{ID: id, SessionID: session, Method: method, Params: text})
	b.mu.Unlock()
	if err != nil {
		return err
	}
	select {
	case m := <-answer:
		if m.Error != nil {
			return fmt.Errorf("%s: %s", method, m.Error.Message)
		}
		if to == nil {
			return nil
		}
		return json.Unmarshal(m.Result, to)
	case <-time.After(hosttest.Deadline):
		return fmt.Errorf("%s: no answer", method)
	}
}

type values = map[string]any

// tab is a page in the browser.
type tab struct {
	*browser
	session string
	mu      sync.Mutex
	frames  []string // the sessions of frames that run in other processes
	logged  []string // the errors, and the violations of a content security policy
	dialogs int
}

func (b *browser) open(address string) *tab {
	b.t.Helper()
	var target struct{ TargetID string }
	b.must(b.call("", "Target.createTarget", values{"url": "about:blank"}, &target))
	var attached struct{ SessionID string }
	b.must(b.call("", "Target.attachToTarget", values{"targetId": target.TargetID, "flatten": true}, &attached))
	p := &tab{browser: b, session: attached.SessionID}
	b.mu.Lock()
	b.tabs[p.session] = p
	b.mu.Unlock()
	for _, domain := range []string{"Page", "Runtime", "Log", "DOM"} {
		p.do(domain+".enable", values{}, nil)
	}
	p.do("Target.setAutoAttach", values{"autoAttach": true, "waitForDebuggerOnStart": false, "flatten": true}, nil)
	p.do("Page.navigate", values{"url": address}, nil)
	return p
}

func (b *browser) must(err error) {
	b.t.Helper()
	require.NoError(b.t, err)
}

func (p *tab) note(m message) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch m.Method {
	case "Target.attachedToTarget":
		var e struct{ SessionID string }
		json.Unmarshal(m.Params, &e)
		p.frames = append(p.frames, e.SessionID)
		p.browser.mu.Lock()
		p.browser.tabs[e.SessionID] = p
		p.browser.mu.Unlock()
	case "Page.javascriptDialogOpening":
		p.dialogs++
		go p.call(m.SessionID, "Page.handleJavaScriptDialog", values{"accept": true}, nil)
	case "Runtime.exceptionThrown", "Log.entryAdded":
		p.logged = append(p.logged, string(m.Params))
	}
}

func (p *tab) do(method string, params values, to any) {
	p.t.Helper()
	p.must(p.call(p.session, method, params, to))
}

// eval returns the value of an expression in the page.
func (p *tab) eval(expression string) any {
	p.t.Helper()
	value, err := p.tryEval(expression)
	p.must(err)
	return value
}

func (p *tab) tryEval(expression string) (any, error) {
	p.t.Helper()
	var r struct {
		Result           struct{ Value any }
		ExceptionDetails json.RawMessage
	}
	err := p.call(p.session, "Runtime.evaluate", values{"expression": expression, "returnByValue": true, "awaitPromise": true}, &r)
	require.Empty(p.t, string(r.ExceptionDetails), expression)
	return r.Result.Value, err
}

func (p *tab) text(expression string) string {
	p.t.Helper()
	text, _ := p.eval(expression).(string)
	return text
}

// holds reports whether an expression is true in the page. It returns false while the browser
// loads another page.
func (p *tab) holds(expression string) bool {
	p.t.Helper()
	value, err := p.tryEval("Boolean(" + expression + ")")
	if err != nil && strings.Contains(err.Error(), "navigated or closed") {
		return false
	}
	p.must(err)
	return value == true
}

// see waits until an expression is true in the page.
func (p *tab) see(expression string) {
	p.t.Helper()
	expression = "(() => { try { return " + expression + " } catch (e) { return false } })()"
	for end := time.Now().Add(hosttest.Deadline); !p.holds(expression); time.Sleep(20 * time.Millisecond) {
		require.True(p.t, time.Now().Before(end), "waiting in vain: %s\n%s\n%s", expression, p.text("document.body.innerText"), p.errors())
	}
}

func (p *tab) errors() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.logged...)
}

// frame returns the HTML of the frame that shows the message, as the browser has parsed
// it.
func (p *tab) frame() string {
	p.t.Helper()
	type node struct {
		NodeName        string
		BackendNodeID   int
		Children        []json.RawMessage
		ContentDocument json.RawMessage
	}
	outer := func(session string, n int) string {
		var r struct{ OuterHTML string }
		if p.call(session, "DOM.getOuterHTML", values{"backendNodeId": n}, &r) != nil {
			return ""
		}
		return r.OuterHTML
	}
	var doc struct{ Root json.RawMessage }
	p.do("DOM.getDocument", values{"depth": -1, "pierce": true}, &doc)
	found := ""
	var walk func(raw json.RawMessage)
	walk = func(raw json.RawMessage) {
		var n node
		if json.Unmarshal(raw, &n) != nil {
			return
		}
		if len(n.ContentDocument) > 0 {
			var d node
			if json.Unmarshal(n.ContentDocument, &d) == nil {
				found = outer(p.session, d.BackendNodeID)
			}
		}
		for _, c := range n.Children {
			walk(c)
		}
	}
	walk(doc.Root)
	p.mu.Lock()
	frames := append([]string(nil), p.frames...)
	p.mu.Unlock()
	for _, f := range frames {
		if p.call(f, "DOM.getDocument", values{}, &doc) == nil {
			var d node
			if json.Unmarshal(doc.Root, &d) == nil {
				found = outer(f, d.BackendNodeID)
			}
		}
	}
	return found
}

// press presses and releases a key. The parameter code is its Windows virtual-key code.
func (p *tab) press(key string, code int) {
	p.t.Helper()
	for _, kind := range []string{"keyDown", "keyUp"} {
		params := values{"type": kind, "key": key, "windowsVirtualKeyCode": code}
		if len(key) == 1 && kind == "keyDown" {
			params["text"] = key
		}
		p.do("Input.dispatchKeyEvent", params, nil)
	}
}

// click clicks at the middle of the element with this selector.
func (p *tab) click(selector string) {
	p.t.Helper()
	spot, _ := p.eval(fmt.Sprintf(`(() => { const e = document.querySelector(%q); e.scrollIntoView({block: "nearest"}); const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] })()`, selector)).([]any)
	require.Len(p.t, spot, 2)
	p.clickAt(spot[0].(float64), spot[1].(float64))
}

func (p *tab) clickAt(x, y float64) {
	p.t.Helper()
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		p.do("Input.dispatchMouseEvent", values{"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1}, nil)
	}
}

// look sets the width and height of the window, and its colour scheme.
func (p *tab) look(width, height int, scheme string) {
	p.t.Helper()
	p.do("Emulation.setDeviceMetricsOverride", values{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}, nil)
	p.do("Emulation.setEmulatedMedia", values{"features": []values{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
}

// screenshot returns a PNG of the window.
func (p *tab) screenshot() []byte {
	p.t.Helper()
	var r struct{ Data string }
	p.do("Page.captureScreenshot", values{"format": "png", "optimizeForSpeed": false}, &r)
	png, err := base64.StdEncoding.DecodeString(r.Data)
	require.NoError(p.t, err)
	return png
}
