// SPDX-License-Identifier: MIT

package dial

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
)

// maxProxyHeader is the maximum size of the header of a proxy's response, in octets.
const maxProxyHeader = 16 << 10

// httpConnect asks the HTTP proxy at the other end of conn to make a tunnel to the server
// (RFC 9110, section 9.3.6).
func (p *plan) httpConnect(conn net.Conn) error {
	to := hostPort(strings.TrimSuffix(p.host, "."), p.port)
	var req strings.Builder
	fmt.Fprintf(&req, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n", to, to)
	if p.proxy.login {
		basic := base64.StdEncoding.EncodeToString([]byte(p.proxy.user + ":" + p.proxy.password))
		req.WriteString("Proxy-Authorization: Basic " + basic + "\r\n")
	}
	req.WriteString("\r\n")
	if _, err := io.WriteString(conn, req.String()); err != nil {
		return &said{text: reason(err), cause: err}
	}
	head, err := readHead(conn)
	if err != nil {
		return err
	}
	return p.judge(head)
}

// readHead reads the proxy's response up to the empty line that ends its header. It reads
// one octet at a time, because the octets after the empty line come from the mail server and
// must stay unread.
func readHead(conn net.Conn) (string, error) {
	var head []byte
	one := make([]byte, 1)
	for {
		n, err := conn.Read(one)
		if n == 1 {
			head = append(head, one[0])
			if done, err := headSoFar(head); done || err != nil {
				return string(head), err
			}
		}
		if err != nil && errors.Is(err, io.EOF) {
			return "", &said{text: "it closed the connection without a response: is it an HTTP proxy?", cause: err}
		}
		if err != nil {
			return "", &said{text: reason(err), cause: err}
		}
	}
}

func headSoFar(head []byte) (done bool, err error) {
	const start = "HTTP/"
	if n := min(len(head), len(start)); string(head[:n]) != start[:n] {
		if head[0] == 0x15 || head[0] == 0x16 {
			return false, errors.New("it responds with TLS: use https:// for this proxy")
		}
		return false, fmt.Errorf("its response is not that of an HTTP proxy (%q)", head)
	}
	if len(head) > maxProxyHeader {
		return false, fmt.Errorf("the header of its response is longer than %d octets", maxProxyHeader)
	}
	s := string(head[max(0, len(head)-4):])
	return s == "\r\n\r\n" || strings.HasSuffix(s, "\n\n"), nil
}

// judge returns an error unless the status line in head reports success (RFC 9112, section
// 4).
func (p *plan) judge(head string) error {
	line, rest, _ := strings.Cut(head, "\n")
	line = strings.TrimSuffix(line, "\r")
	version, status, _ := strings.Cut(line, " ")
	code, _, _ := strings.Cut(status, " ")
	if !strings.HasPrefix(version, "HTTP/1.") || len(code) != 3 || strings.Trim(code, "0123456789") != "" {
		return fmt.Errorf("its response is not an HTTP status line: %q", p.clean(line, 80))
	}
	answer := p.clean(strings.TrimSpace(status), 200)
	switch {
	case code[0] == '2':
		return nil
	case code == "407" && p.schemes(rest) != "":
		return fmt.Errorf("it accepts logins only with %s; csmtp supports only Basic (%s)", p.schemes(rest), answer)
	case code == "407" && !p.proxy.login:
		return fmt.Errorf("it requires a login: add user:password@ before the host in the proxy's URL (%s)", answer)
	case code == "407":
		return fmt.Errorf("it refused the user name or the password (%s)", answer)
	case code == "403" || code == "405":
		return fmt.Errorf("it does not allow this host or port (%s)", answer)
	}
	return fmt.Errorf("it replied %s", answer)
}

// schemes returns up to four authentication schemes from the header fields of a proxy's
// response, separated by commas. It returns "" if there are none, or if Basic, the only
// supported scheme, is one of them.
func (p *plan) schemes(fields string) string {
	var offered []string
	for line := range strings.Lines(fields) {
		name, value, _ := strings.Cut(line, ":")
		if !strings.EqualFold(strings.TrimSpace(name), "Proxy-Authenticate") {
			continue
		}
		scheme, _, _ := strings.Cut(strings.TrimSpace(value), " ")
		if strings.EqualFold(scheme, "Basic") {
			return ""
		}
		offered = append(offered, p.clean(scheme, 20))
	}
	return strings.Join(offered[:min(len(offered), 4)], ", ")
}
