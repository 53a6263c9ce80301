// SPDX-License-Identifier: MIT

package dial

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"

	"golang.org/x/net/proxy"
)

// socks asks the SOCKS5 proxy (RFC 1928, RFC 1929) at the other end of conn to connect to
// the server. The proxy gets the name of the server, not its address.
func (p *plan) socks(ctx context.Context, conn net.Conn) error {
	var login *proxy.Auth
	if p.proxy.login {
		login = &proxy.Auth{User: p.proxy.user, Password: p.proxy.password}
	}
	d, err := proxy.SOCKS5("tcp", hostPort(p.proxy.host, p.proxy.port), login, given{conn})
	if err != nil {
		return err
	}
	through, ok := d.(proxy.ContextDialer)
	if !ok {
		return errors.New("golang.org/x/net/proxy returned a dialer that does not support contexts")
	}
	_, err = through.DialContext(ctx, "tcp", hostPort(strings.TrimSuffix(p.host, "."), p.port))
	if err == nil {
		return nil
	}
	return &said{text: socksReason(err, p.proxy.login), cause: err}
}

func socksReason(err error, login bool) string {
	inner := err
	var op *net.OpError
	for errors.As(inner, &op) && op.Err != nil {
		inner = op.Err
	}
	text := clean(inner.Error(), 200)
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return "it closed the connection: is it a SOCKS5 proxy?"
	case strings.HasPrefix(text, "unexpected protocol version"):
		return "its response is not that of a SOCKS5 proxy (" + text + ")"
	case strings.Contains(text, "username/password authentication failed"):
		return "it refused the user name or the password"
	case strings.Contains(text, "no acceptable authentication methods") && !login:
		return "it requires a login: add user:password@ before the host in the proxy's URL"
	case strings.Contains(text, "no acceptable authentication methods"):
		return "it does not support a login by user name and password"
	}
	return strings.TrimPrefix(text, "unknown error ")
}

// given is a dialer that returns conn, the connection that dialHost has already made.
type given struct{ conn net.Conn }

func (g given) Dial(string, string) (net.Conn, error) { return g.conn, nil }

func (g given) DialContext(context.Context, string, string) (net.Conn, error) { return g.conn, nil }
