// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"crypto/tls"
	"time"

	"csmtp/smtp/internal/dial"
)

// DialTLS connects to a server and starts TLS, for a protocol other than SMTP. It uses
// only these fields of cfg: LocalAddr, Proxy, Resolver, TLS, Timeouts, Trace and Secrets.
// ctx does not apply to the returned connection. Every error is an *Error of OpResolve,
// OpConnect or OpTLS. If TLS fails, the Addr of the error is the address of the server.
func DialTLS(ctx context.Context, cfg *Config, server Server) (*tls.Conn, error) {
	c := *cfg
	c.Security, c.Network, c.Auth, c.Servers = ImplicitTLS, "", nil, []Server{server}
	c.keepSecrets()
	conn, e := c.dialTLS(ctx, server)
	if e != nil {
		c.conceal(e)
		return nil, e
	}
	return conn, nil
}

func (c *Config) dialTLS(ctx context.Context, server Server) (*tls.Conn, *Error) {
	if err := c.checkTLS(); err != nil {
		return nil, asError(err, OpTLS, KindLocal)
	}
	options := dial.Options{
		Host: server.Host, Port: server.Port, LocalAddr: c.LocalAddr, Proxy: c.Proxy, Resolver: c.Resolver,
		Timeout: c.Timeouts.WithDefaults().Connect,
	}
	if c.Secrets != nil {
		options.Hide = c.Secrets.Hide
	}
	conn, err := dial.Dial(ctx, &options)
	if err != nil {
		return nil, connectError(err)
	}
	c.event("connected to %s", conn.RemoteAddr())
	secure, err := c.handshake(ctx, conn, server.Host)
	if err == nil {
		err = secure.SetDeadline(time.Time{})
	}
	if err != nil {
		e := asError(err, OpTLS, KindTLS)
		e.Addr = conn.RemoteAddr()
		return nil, e
	}
	state := secure.ConnectionState()
	c.event("%s, %s", tls.VersionName(state.Version), tls.CipherSuiteName(state.CipherSuite))
	return secure, nil
}
