// SPDX-License-Identifier: MIT

package main

import (
	"bufio"
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"csmtp/smtp/oauth"
)

// answer is the result of the login: a code or an error. The provider passes it in the
// parameters of the address to which it redirects the browser.
type answer struct {
	code             string
	err, description string
}

// browserLogin lets the user log in with a browser. After the login, the provider redirects
// the browser to a loopback address, on which this program listens (RFC 8252, section 7.3).
func (p *program) browserLogin(ctx context.Context, o *options, s *settings) (*oauth.Tokens, error) {
	if s.authURL == "" {
		return nil, usagef("--auth-url is missing")
	}
	listeners, port, err := listen(o.port)
	if err != nil {
		return nil, usagef("the program cannot wait for the browser: %v", err)
	}
	params := map[string]string{"login_hint": o.account}
	for name, value := range s.params {
		params[name] = value
	}
	redirect := "http://" + net.JoinHostPort(s.redirect, strconv.Itoa(port))
	request, err := oauth.NewCodeRequest(s.config, s.authURL, redirect, params)
	if err != nil {
		closeAll(listeners)
		return nil, usagef("%v", err)
	}
	answers := make(chan answer, 1)
	stop := serve(listeners, &receiver{state: request.State, answers: answers})
	defer stop()
	p.showAddress(o, request.URL, port)
	return p.wait(ctx, "Waiting for the login in the browser", func() (*oauth.Tokens, error) {
		if o.noBrowser || !p.hasDisplay() {
			go p.readPasted(request.State, answers)
		}
		select {
		case a := <-answers:
			if a.err != "" {
				return nil, oauth.ErrorOf(s.config, a.err, a.description)
			}
			return oauth.Exchange(ctx, s.config, request, a.code)
		case <-ctx.Done():
			return nil, ended(ctx)
		}
	})
}

// ended returns the error for a login that was canceled or has taken too long.
func ended(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &lateError{"the time limit was reached before the login: run the program again, or set a longer --timeout"}
	}
	return errors.New("canceled")
}

// showAddress opens the address of the login page in a browser, unless --no-browser is given
// or there is no display. It also prints the address.
func (p *program) showAddress(o *options, address string, port int) {
	if !o.noBrowser && p.hasDisplay() {
		if err := p.open(address); err == nil {
			p.say("The web browser shows the login of the provider. If it does not, open this address:\n\n%s\n", address)
			return
		}
	}
	p.say("Open this address in a web browser:\n\n%s\n", address)
	p.say("If the browser is on another computer, it cannot show the page after the login. Then copy\n"+
		"the address of that page, paste it here and press Enter. Or forward the port beforehand:\n"+
		"ssh -L %d:127.0.0.1:%d HOST\n", port, port)
}

// readPasted reads the addresses that the user pastes into the terminal. When it reads an
// address that belongs to this login, it sends the answer in the address to the channel
// 'answers', and returns.
func (p *program) readPasted(state string, answers chan<- answer) {
	lines := bufio.NewScanner(io.LimitReader(p.in, 1<<20))
	lines.Buffer(nil, 64<<10)
	for lines.Scan() {
		text := strings.TrimSpace(lines.Text())
		if text == "" {
			continue
		}
		u, err := url.Parse(text)
		if err == nil {
			if a, ok := answerOf(u.Query(), state); ok {
				select {
				case answers <- a:
				default:
				}
				return
			}
		}
		p.say("This is not the address of the page after this login: copy the whole address.")
	}
}

// answerOf returns the answer in the parameters of a redirection. The result 'ok' is false
// if the parameters contain neither a code nor an error, or do not contain the state of this
// login, a random value that nobody else knows.
func answerOf(query url.Values, state string) (a answer, ok bool) {
	a = answer{query.Get("code"), query.Get("error"), query.Get("error_description")}
	return a, subtle.ConstantTimeCompare([]byte(query.Get("state")), []byte(state)) == 1 && (a.code != "" || a.err != "")
}

// listen listens on both loopback addresses, because a browser can use either of them for
// localhost. If port is 0, the system chooses a port.
func listen(port uint16) (listeners []net.Listener, chosen int, err error) {
	for range 20 {
		first, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			return nil, 0, err
		}
		chosen = first.Addr().(*net.TCPAddr).Port
		second, err := net.Listen("tcp6", fmt.Sprintf("[::1]:%d", chosen))
		switch {
		case err == nil:
			return []net.Listener{first, second}, chosen, nil
		case !inUse(err):
			return []net.Listener{first}, chosen, nil // the system has no IPv6
		}
		first.Close()
		if port != 0 {
			return nil, 0, err
		}
	}
	return nil, 0, errors.New("no port is free on 127.0.0.1 and ::1")
}

// inUse reports whether another program uses the port.
func inUse(err error) bool {
	const onWindows = syscall.Errno(10048) // WSAEADDRINUSE
	return errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, onWindows)
}

func closeAll(listeners []net.Listener) {
	for _, l := range listeners {
		l.Close()
	}
}

// serve starts an HTTP server on the listeners, and returns a function that stops the
// server. Before it stops the server, that function waits up to a second for the responses
// that have begun.
func serve(listeners []net.Listener, handler http.Handler) (stop func()) {
	server := &http.Server{Handler: handler, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10,
		ErrorLog: log.New(io.Discard, "", 0)}
	for _, l := range listeners {
		go func() { _ = server.Serve(l) }()
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if server.Shutdown(ctx) != nil {
			server.Close()
		}
	}
}

// receiver serves the page to which the provider redirects the browser.
type receiver struct {
	state   string
	answers chan<- answer
}

const page = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>csmtp-login</title></head>
<body style="font-family: sans-serif; margin: 3em"><p>%s</p></body></html>
`

func (h *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	header.Set("Connection", "close")
	if r.URL.Path != "/" || r.Method != http.MethodGet {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprintf(w, page, "There is no such page.")
		return
	}
	a, ok := answerOf(r.URL.Query(), h.state)
	if !ok {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, page, "This request does not belong to the login. csmtp-login is still waiting.")
		return
	}
	if a.err != "" {
		fmt.Fprintf(w, page, "The login was refused. The terminal says why. You can close this window.")
	} else {
		fmt.Fprintf(w, page, "You are logged in. You can close this window. The terminal shows what to do next.")
	}
	select {
	case h.answers <- a:
	default: // an answer has already arrived
	}
}

// hasDisplay reports whether this computer can show a browser.
func (p *program) hasDisplay() bool {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return p.env("SSH_CONNECTION") == ""
	}
	return p.env("DISPLAY") != "" || p.env("WAYLAND_DISPLAY") != ""
}

// openBrowser opens the user's web browser.
func openBrowser(address string) error {
	var c *exec.Cmd
	switch runtime.GOOS {
	case "windows":
		c = exec.Command("rundll32", "url.dll,FileProtocolHandler", address)
	case "darwin":
		c = exec.Command("open", address)
	default:
		c = exec.Command("xdg-open", address)
	}
	if err := c.Start(); err != nil {
		return err
	}
	go func() { _ = c.Wait() }()
	return nil
}
