// SPDX-License-Identifier: MIT

// Package dial makes the network connection to a mail server. It looks up the server's
// name, tries the addresses as RFC 8305 says, and supports proxies and unix sockets. It does
// not depend on SMTP.
package dial

import (
	"context"
	"net"
)

// Dial makes the connection that the options describe. Every error is an *Error.
func Dial(ctx context.Context, o *Options) (net.Conn, error) {
	p, bad := o.plan()
	if bad != nil {
		return nil, bad
	}
	if p.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, p.timeout)
		defer cancel()
	}
	conn, err := p.dial(ctx)
	if err != nil {
		return nil, err
	}
	return conn, nil
}

func (p *plan) dial(ctx context.Context) (net.Conn, *Error) {
	if p.network == "unix" {
		return p.dialUnix(ctx)
	}
	if p.proxy != nil {
		return p.dialProxy(ctx)
	}
	return p.dialHost(ctx, p.host, p.port)
}

func (p *plan) dialUnix(ctx context.Context) (net.Conn, *Error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", p.host)
	if err == nil {
		return conn, nil
	}
	if over(ctx) {
		return nil, ended(ctx, "connecting to the unix socket "+clean(p.host, 200))
	}
	return nil, fail(Connect, err, "no connection to the unix socket %s: %s", clean(p.host, 200), reason(err))
}
