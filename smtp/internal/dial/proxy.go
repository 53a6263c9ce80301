// SPDX-License-Identifier: MIT

package dial

import (
	"context"
	"crypto/tls"
	"net"
	"strings"
)

// dialProxy connects to the server through the proxy. The proxy looks up the name of the
// server.
func (p *plan) dialProxy(ctx context.Context) (net.Conn, *Error) {
	conn, bad := p.dialHost(ctx, p.proxy.host, p.proxy.port)
	if bad != nil {
		bad.Err = &said{text: "the " + p.proxy.name() + " cannot be reached: " + bad.Err.Error(), cause: bad.Err}
		return nil, bad
	}
	through, bad := p.pass(ctx, conn)
	if bad != nil {
		conn.Close()
		return nil, bad
	}
	return through, nil
}

// pass asks the proxy at the other end of conn to connect to the server, and returns the
// connection to the server. It fails when ctx is done.
func (p *plan) pass(ctx context.Context, conn net.Conn) (net.Conn, *Error) {
	broken := context.AfterFunc(ctx, func() { conn.Close() })
	var through net.Conn
	var err error
	switch p.proxy.scheme {
	case "socks5":
		through, err = conn, p.socks(ctx, conn)
	case "http":
		through, err = conn, p.httpConnect(conn)
	case "https":
		through, err = p.httpsConnect(ctx, conn)
	}
	if !broken() || err != nil && over(ctx) { // conn is closed
		return nil, ended(ctx, "waiting for the "+p.proxy.name()+" to connect to "+hostPort(p.host, p.port))
	}
	if err != nil {
		return nil, fail(Proxy, err, "the %s did not connect to %s: %s", p.proxy.name(), hostPort(p.host, p.port), err)
	}
	return through, nil
}

func (p *plan) httpsConnect(ctx context.Context, conn net.Conn) (net.Conn, error) {
	secure := tls.Client(conn, &tls.Config{
		ServerName: strings.TrimSuffix(p.proxy.host, "."),
		MinVersion: tls.VersionTLS12,
		RootCAs:    p.roots,
	})
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, &said{text: "TLS with the proxy failed: " + p.clean(err.Error(), 300), cause: err}
	}
	return secure, p.httpConnect(secure)
}
