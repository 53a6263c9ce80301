// SPDX-License-Identifier: MIT

package smtptest

import (
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"time"
)

// HTTPOptions configures an HTTPService.
type HTTPOptions struct {
	Tokens      []string // the access tokens that are accepted
	Certificate string   // the kind of certificate, named as in scripts
	MaxBody     int64    // the maximum size of a request's body; 0: 4 MiB for Graph, 35 MiB for Gmail
	Faults      []HTTPFault
}

// HTTPFault describes what the service does instead of accepting a mail.
type HTTPFault struct {
	Nth int // the number of the request, from 1; 0: each request

	// Do is what the service does:
	//   - "": respond with Status after the whole request has been read
	//   - "discard": respond as with "", but do not keep the body in HTTPRequest
	//   - "early": respond with Status before the body, which is not read
	//   - "close-early": close the connection before the body is read
	//   - "close": close the connection after the body has been read
	//   - "stall-early": stop without a response before the body is read
	//   - "stall": stop without a response after the body has been read
	//   - "endless-header", "endless-body", "endless-interim": send a header, a body or
	//     interim responses without end
	//   - "drip": send the octets of a header slowly, one after another
	//   - "garbage": send a response that is not HTTP
	//   - "cut": close the connection within the response
	Do     string
	Status int
	Header map[string]string
	Body   string
}

// HTTPRequest is a request that the service has received.
type HTTPRequest struct {
	Target  string
	Header  http.Header
	Length  int64  // Content-Length; -1: chunked
	Body    []byte // the part that was read
	Message []byte // the decoded message
	Rcpt    []string
	Status  int // the status of the response; 0 if none was sent
}

// HTTPService is an HTTPS server that accepts mail in the same way as Microsoft Graph
// (user: sendMail) and the Gmail API (users.messages.send). It was written from their
// documentation.
type HTTPService struct {
	options  HTTPOptions
	listener net.Listener
	server   *http.Server
	stop     chan struct{}

	mu       sync.Mutex
	requests []*HTTPRequest
	conns    int
}

// NewHTTPService starts a service on a free port of 127.0.0.1. Authority issues its
// certificate.
func NewHTTPService(o HTTPOptions) (*HTTPService, error) {
	config, err := tlsConfig(o.Certificate, "")
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &HTTPService{options: o, listener: l, stop: make(chan struct{})}
	s.server = &http.Server{
		Handler:   http.HandlerFunc(s.serve),
		ErrorLog:  log.New(io.Discard, "", 0),
		ConnState: s.count,
	}
	go func() { _ = s.server.Serve(tls.NewListener(l, config)) }()
	return s, nil
}

// URL returns the endpoint of the service.
func (s *HTTPService) URL() string {
	return fmt.Sprintf("https://127.0.0.1:%d", s.listener.Addr().(*net.TCPAddr).Port)
}

// Close ends the service and its connections.
func (s *HTTPService) Close() {
	close(s.stop)
	_ = s.server.Close()
}

// Requests returns the requests so far.
func (s *HTTPService) Requests() []HTTPRequest {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]HTTPRequest, 0, len(s.requests))
	for _, r := range s.requests {
		list = append(list, *r)
	}
	return list
}

// Mails returns the requests whose mail was accepted.
func (s *HTTPService) Mails() []HTTPRequest {
	return slices.DeleteFunc(s.Requests(), func(r HTTPRequest) bool { return r.Status != 200 && r.Status != 202 || r.Message == nil })
}

// Connections returns the number of connections so far.
func (s *HTTPService) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conns
}

func (s *HTTPService) count(_ net.Conn, state http.ConnState) {
	if state == http.StateNew {
		s.mu.Lock()
		s.conns++
		s.mu.Unlock()
	}
}

func (s *HTTPService) serve(w http.ResponseWriter, r *http.Request) {
	seen := &HTTPRequest{Target: r.URL.RequestURI(), Header: r.Header.Clone(), Length: r.ContentLength}
	s.mu.Lock()
	s.requests = append(s.requests, seen)
	n := len(s.requests)
	s.mu.Unlock()
	record := func(change func()) {
		s.mu.Lock()
		defer s.mu.Unlock()
		change()
	}
	fault := s.fault(n)
	if fault != nil && (fault.Do == "early" || strings.HasSuffix(fault.Do, "-early")) {
		if fault.Do == "early" {
			record(func() { seen.Status = fault.Status })
		}
		s.disturb(w, fault)
		return
	}
	read := io.ReadAll
	if fault != nil && fault.Do == "discard" {
		read = func(r io.Reader) ([]byte, error) { _, err := io.Copy(io.Discard, r); return nil, err }
	}
	body, err := read(r.Body)
	record(func() { seen.Body = body })
	if err != nil {
		return
	}
	if fault != nil {
		record(func() { seen.Status = fault.Status })
		s.disturb(w, fault)
		return
	}
	a := s.answer(r, body)
	record(func() { seen.Status, seen.Message, seen.Rcpt = a.status, a.message, a.rcpt })
	w.Header().Set("Request-Id", fmt.Sprintf("00000000-0000-0000-0000-%012d", n))
	if a.body != "" {
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	}
	w.WriteHeader(a.status)
	io.WriteString(w, a.body)
}

func (s *HTTPService) fault(n int) *HTTPFault {
	for i := range s.options.Faults {
		if f := &s.options.Faults[i]; f.Nth == 0 || f.Nth == n {
			return f
		}
	}
	return nil
}

// disturb carries out a fault.
func (s *HTTPService) disturb(w http.ResponseWriter, f *HTTPFault) {
	if f.Do == "" || f.Do == "discard" {
		for name, value := range f.Header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(f.Status)
		io.WriteString(w, f.Body)
		return
	}
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	status := fmt.Sprintf("HTTP/1.1 %d X\r\n", f.Status)
	repeat := func(text string, pause time.Duration) {
		for {
			if _, err := io.WriteString(conn, text); err != nil {
				return
			}
			select {
			case <-s.stop:
				return
			case <-time.After(pause):
			}
		}
	}
	switch f.Do {
	case "early":
		for name, value := range f.Header {
			status += name + ": " + value + "\r\n"
		}
		fmt.Fprintf(conn, "%sConnection: close\r\nContent-Length: %d\r\n\r\n%s", status, len(f.Body), f.Body)
		<-s.stop // closing could reset the connection before the client has read the response
	case "stall", "stall-early":
		<-s.stop
	case "endless-header":
		io.WriteString(conn, status)
		repeat("X-A: "+strings.Repeat("a", 1000)+"\r\n", 0)
	case "endless-body":
		io.WriteString(conn, status+"\r\n")
		repeat(strings.Repeat("a", 1000), 0)
	case "endless-interim":
		repeat("HTTP/1.1 102 Processing\r\n\r\n", time.Millisecond)
	case "drip":
		io.WriteString(conn, status+"X-A: ")
		repeat("a", 50*time.Millisecond)
	case "garbage":
		io.WriteString(conn, "250 2.0.0 Ok: queued\r\n")
	case "cut":
		io.WriteString(conn, status+"Content-Length: 100\r\n\r\n{")
	}
}

// answer is a response of the service to a complete request.
type answer struct {
	status  int
	body    string
	message []byte
	rcpt    []string
}

// answer checks a request as the real service does, and returns the response to it.
func (s *HTTPService) answer(r *http.Request, body []byte) answer {
	graph := strings.HasPrefix(r.URL.Path, "/v1.0/")
	failed := func(status int, code, message string) answer {
		if graph {
			return answer{status: status, body: fmt.Sprintf(`{"error":{"code":%q,"message":%q,"innerError":{"date":"2026-01-01T00:00:00"}}}`, code, message)}
		}
		return answer{status: status, body: fmt.Sprintf(`{"error":{"code":%d,"message":%q,"errors":[{"message":%q,"domain":"global","reason":%q}],"status":"X"}}`, status, message, message, code)}
	}
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !bearer || !slices.Contains(s.options.Tokens, token) {
		if graph {
			return failed(401, "InvalidAuthenticationToken", "Access token has expired or is not yet valid: "+token)
		}
		return failed(401, "authError", "Request had invalid authentication credentials.")
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	isGraph := graph && (len(parts) == 3 && parts[1] == "me" || len(parts) == 4 && parts[1] == "users") && parts[len(parts)-1] == "sendMail"
	isGmail := len(parts) == 7 && strings.HasPrefix(r.URL.Path, "/upload/gmail/v1/users/") && strings.HasSuffix(r.URL.Path, "/messages/send") &&
		r.URL.RawQuery == "uploadType=media"
	most := s.options.MaxBody
	if most == 0 {
		most = 35 << 20
		if graph {
			most = 4 << 20
		}
	}
	switch {
	case r.Method != http.MethodPost || !isGraph && !isGmail:
		return failed(404, "ResourceNotFound", "Resource not found for the segment.")
	case int64(len(body)) > most:
		return failed(413, "RequestEntityTooLarge", "The request is too large.")
	case isGraph && r.Header.Get("Content-Type") != "text/plain", isGmail && r.Header.Get("Content-Type") != "message/rfc822":
		return failed(415, "UnsupportedMediaType", "The media type is not supported.")
	}
	message := body
	if isGraph {
		var err error
		if message, err = base64.StdEncoding.Strict().DecodeString(string(body)); err != nil {
			return failed(400, "ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content.")
		}
	}
	rcpt, err := recipientsIn(message)
	if err != nil || len(rcpt) == 0 {
		return failed(400, "invalidArgument", "Recipient address required")
	}
	if isGraph {
		return answer{status: 202, message: message, rcpt: rcpt}
	}
	return answer{status: 200, message: message, rcpt: rcpt,
		body: `{"id":"18c0ffee00000001","threadId":"18c0ffee00000001","labelIds":["SENT"]}`}
}

// recipientsIn returns the addresses in the fields To, Cc and Bcc of a message.
func recipientsIn(message []byte) ([]string, error) {
	m, err := mail.ReadMessage(strings.NewReader(string(message)))
	if err != nil {
		return nil, err
	}
	var rcpt []string
	for _, name := range []string{"To", "Cc", "Bcc"} {
		if m.Header.Get(name) == "" || strings.HasSuffix(m.Header.Get(name), ":;") {
			continue
		}
		list, err := m.Header.AddressList(name)
		if err != nil {
			return nil, err
		}
		for _, a := range list {
			rcpt = append(rcpt, a.Address)
		}
	}
	return rcpt, nil
}
