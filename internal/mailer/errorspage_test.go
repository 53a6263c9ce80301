// SPDX-License-Identifier: MIT

package mailer

import (
	"fmt"
	"go/ast"
	"go/parser"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"csmtp/internal/header"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const errorsPage = "../../docs/errors.md"

// mistake is a programming or configuration mistake whose error docs/errors.md shows.
type mistake struct {
	section, title string
	// 'code' contains the calls that the page shows, in C++. They are made after the calls in
	// 'prelude'. Unless one of them fails, Send is called at the end.
	code string
	// 'options' describes the server. The page does not show the server's port, but the port
	// that 'code' sets, or 587.
	options *smtptest.MailOptions
	talk    func(net.Conn) // instead of 'options'
	tls     bool           // whether to connect to the port with implicit TLS
	ownName bool           // whether the certificate must be valid for the host in 'code'
	tokens  bool           // whether a web server runs at 127.0.0.1:8080, the token endpoint in 'code'
	env     string         // the environment of the process: "NAME=value NAME=value"
}

const prelude = `SetSMTPServer("mail.example.com", 587); SetSecurityType(USE_TLS); SetLogin("alice@example.com"); ` +
	`SetPassword("s3cret"); SetSenderMail("alice@example.com"); AddRecipient("bob@example.org"); ` +
	`SetSubject("Hello"); AddMsgLine("Hi Bob.")`

// TestErrorsPageIsCurrent makes every mistake and compares the error texts with
// docs/errors.md.
func TestErrorsPageIsCurrent(t *testing.T) {
	serveNames(t)
	if title := os.Getenv(rowVariable); title != "" { // see showElsewhere
		for _, m := range mistakes {
			if m.title == title {
				m.env = inside
				fmt.Print(rowBegin + m.show(t) + rowEnd)
			}
		}
		return
	}
	texts := make([]string, len(mistakes))
	var group sync.WaitGroup
	for i, m := range mistakes {
		group.Add(1)
		go func() {
			defer group.Done()
			texts[i] = m.show(t)
		}()
	}
	group.Wait()
	page := pageHead
	for i, m := range mistakes {
		if m.section != "" {
			page += "\n## " + m.section + "\n"
		}
		page += "\n### " + m.title + "\n\n" + texts[i]
	}
	if *update {
		require.NoError(t, os.WriteFile(filepath.FromSlash(errorsPage), []byte(page), 0o644))
	}
	now, err := os.ReadFile(filepath.FromSlash(errorsPage))
	require.NoError(t, err)
	assert.Equal(t, page, string(now), "run: go test ./internal/mailer -run TestErrorsPageIsCurrent -update")
}

const pageHead = `<!-- SPDX-License-Identifier: MIT -->
<!-- Written by: go test ./internal/mailer -run TestErrorsPageIsCurrent -update -->
# Common errors

This page shows the errors that the library reports after the mistakes that new users
make most often. A test makes each mistake with a scripted server, and compares the error
with this page. In the texts, each date and time is replaced by 2026-01-31 12:00 UTC.

` + "`ECSmtp::GetErrorText()`" + ` returns the text. It says what happened, what the server said and
what to do. ` + "`GetErrorNum()`, `GetReply()`, `GetReplyCode()` and `GetEnhancedCode()`" + ` return
the parts that a program can compare.
`

// show makes the calls and returns the part of the page that shows the error.
func (m *mistake) show(t *testing.T) string {
	if m.env != "" && m.env != inside {
		return m.showElsewhere(t)
	}
	h := New()
	defer Free(h)
	own, host := m.start(t)
	var failed Number
	run := func(code string) {
		for _, call := range strings.Split(strings.ReplaceAll(code, "); ", ")\n"), "\n") {
			if failed == NoError && call != "Send()" {
				failed = Attempt(h, func(m *Mailer) error { return callByName(t, m, call) })
			}
		}
	}
	run(prelude)
	if failed != NoError {
		t.Errorf("prelude: %s", Told(h, false).GetLastErrorText())
		return ""
	}
	ca, err := smtptest.WriteCA(t.TempDir())
	assert.NoError(t, err)
	Call(h, func(mailer *Mailer) error {
		if m.env == "" {
			assert.NoError(t, mailer.SetCAFile(ca))
		}
		if !m.ownName {
			assert.NoError(t, mailer.SetTLSServerName("localhost"))
		}
		return nil
	})
	code, restore := m.code, func(s string) string { return s }
	if m.tokens {
		address := webPage(t)
		code = strings.Replace(code, "127.0.0.1:8080", address, 1)
		restore = func(s string) string { return strings.ReplaceAll(s, address, "127.0.0.1:8080") }
	}
	run(strings.Replace(code, "LONG", strings.Repeat("x", 1000), 1))
	shown := "587"
	Call(h, func(mailer *Mailer) error {
		if mailer.settings.port != 0 {
			shown = strconv.Itoa(int(mailer.settings.port))
		}
		if host != "" {
			mailer.settings.port = own
		}
		return nil
	})
	if failed == NoError {
		failed = Call(h, (*Mailer).Send)
	}
	r := Told(h, false)
	if failed == NoError {
		t.Errorf("%s: succeeded", m.title)
	}
	return m.format(t, failed, r, func(s string) string {
		if host != "" {
			s = strings.ReplaceAll(s, fmt.Sprintf(":%d", own), ":"+shown)
		}
		return steady(restore(s))
	})
}

// steady replaces the parts of a text that are different in each run.
func steady(s string) string {
	s = regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d UTC`).ReplaceAllString(s, "2026-01-31 12:00 UTC")
	return regexp.MustCompile(`\d+ octets, and the limit`).ReplaceAllString(s, "300 octets, and the limit")
}

// format returns the part of the page for an error.
func (m *mistake) format(t *testing.T, n Number, r Report, change func(string) string) string {
	text, sentence := change(r.GetLastErrorText()), Sentence(n)
	detail := strings.TrimPrefix(text, sentence+" ")
	advice := adviceOf(detail)
	if !imperative.MatchString(advice) || strings.HasPrefix(advice, "no ") {
		advice = adviceOf(sentence)
	}
	if !imperative.MatchString(advice) {
		t.Errorf("%s: the text does not say what to do: %s", m.title, text)
	}
	said := "nothing"
	if reply := r.GetLastReply(); reply != "" {
		said = "`" + reply + "`"
		assert.Contains(t, text, reply, m.title)
	}
	return fmt.Sprintf("- the program: `%s`\n- the error: %d, `%s`\n- the text: `%s`\n- the server said: %s\n- what to do: %s\n",
		m.code, n, constants()[int(n)], text, said, advice)
}

// adviceOf returns the advice at the end of an error text: what the parentheses at the end
// contain or, without such parentheses, what follows the last colon, semicolon or full stop.
func adviceOf(text string) string {
	text = strings.TrimSuffix(text, ".")
	if !strings.HasSuffix(text, ")") {
		start := max(strings.LastIndex(text, ": "), strings.LastIndex(text, "; "), strings.LastIndex(text, ". "))
		if start < 0 {
			return ""
		}
		return text[start+2:]
	}
	depth := 0
	for i := len(text) - 1; i >= 0; i-- {
		switch text[i] {
		case ')':
			depth++
		case '(':
			if depth--; depth == 0 && i > 0 && text[i-1] == ' ' {
				return text[i+1 : len(text)-1]
			} else if depth == 0 {
				return text[strings.LastIndex(text, ": ")+2:]
			}
		}
	}
	return ""
}

var imperative = regexp.MustCompile(`(?i)\b(add|ask|call|check|connect|contact|correct|encode|get|install|must|needs?|raise|remove|renew|require[sd]?|send|set|shorten|try|turn|use|wait|write)\b`)

// constants returns the names of the error numbers in C.
var constants = sync.OnceValue(func() map[int]string {
	h, err := header.ReadFile(filepath.FromSlash("../../include/csmtp_c.h"))
	if err != nil {
		panic(err)
	}
	names := map[int]string{}
	for _, v := range h.Enums[0].Values {
		names[v.Value] = v.Name
	}
	return names
})

// callByName parses the text of a call to a C++ method, and calls the method of m with the
// same name.
func callByName(t *testing.T, m *Mailer, call string) error {
	expression, err := parser.ParseExpr(call)
	if err != nil {
		t.Errorf("%s: %v", call, err)
		return nil
	}
	c := expression.(*ast.CallExpr)
	method := reflect.ValueOf(m).MethodByName(c.Fun.(*ast.Ident).Name)
	in := make([]reflect.Value, method.Type().NumIn())
	for i := range in {
		kind := method.Type().In(i)
		in[i] = reflect.Zero(kind)
		switch {
		case i < len(c.Args):
			in[i] = argument(t, kind, c.Args[i])
		case kind.Kind() == reflect.Bool: // SetSMTPServer
			in[i] = reflect.ValueOf(true)
		}
	}
	err, _ = method.Call(in)[0].Interface().(error)
	return err
}

func argument(t *testing.T, kind reflect.Type, e ast.Expr) reflect.Value {
	switch a := e.(type) {
	case *ast.Ident:
		if value, ok := map[string]int{"NO_SECURITY": noSecurity, "USE_TLS": useTLS, "USE_SSL": useSSL,
			"CSMTP_TIMEOUT_CONNECT": timeoutConnect}[a.Name]; ok {
			return reflect.ValueOf(value)
		}
		return reflect.ValueOf(a.Name == "true")
	case *ast.BasicLit:
		if text, err := strconv.Unquote(a.Value); err == nil {
			return reflect.ValueOf(text)
		}
		n, err := strconv.Atoi(a.Value)
		assert.NoError(t, err)
		return reflect.ValueOf(n).Convert(kind)
	}
	t.Errorf("unknown argument %T", e)
	return reflect.Value{}
}
