// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"crypto/tls"
	"time"

	"csmtp/smtp/internal/dial"
)

// DialTLS connects to a server and starts TLS, for a protocol other than SMTP. It uses
// only these fields of cfg: LocalAddr, Proxy, Resolver, TLS, Timeouts, Trace, Measure and
// Secrets. DialTLS does not report the end of the returned connection to Measure; the
// caller must do this. ctx does not apply to the returned connection. Every error is an
// *Error whose Op is OpResolve, OpConnect or OpTLS. If TLS fails, the Addr of the error
// is the address of the server.
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
	conn, w, e := c.connect(ctx, &options, server)
	if e != nil {
		return nil, e
	}
	measured := func(what Milestone, e *Error) {
		if w.on {
			w.took.Total = time.Since(w.began)
			c.Measure(Measurement{What: what, Server: server, Err: c.reported(e), Durations: w.took})
		}
	}
	c.event("connected to %s", conn.RemoteAddr())
	measured(Connected, nil)
	connected := w.took.Total
	secure, err := c.handshake(ctx, conn, server.Host)
	if err == nil {
		err = secure.SetDeadline(time.Time{})
	}
	if err != nil {
		e := asError(err, OpTLS, KindTLS)
		e.Addr = conn.RemoteAddr()
		measured(Disconnected, e)
		return nil, e
	}
	if w.on {
		w.took.TLS = time.Since(w.began) - connected
		measured(TLSStarted, nil)
		measured(Ready, nil)
	}
	state := secure.ConnectionState()
	c.event("%s, %s", tls.VersionName(state.Version), tls.CipherSuiteName(state.CipherSuite))
	return secure, nil
}
