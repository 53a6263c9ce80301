// SPDX-License-Identifier: MIT

package httpmail

import (
	"context"
	"crypto/tls"
	"net"
	"net/url"
	"syscall"
	"time"

	"csmtp/smtp"
)

// Config is the configuration of a Client.
type Config struct {
	Service  Service
	Endpoint string // https://host[:port]; "": the default of the service
	Account  string // the mailbox that sends the mail; "": the mailbox to which the token belongs

	// Token returns an access token. 'refused' is true if the service has refused the last
	// token. ctx is canceled when the call to Open, Prepare or Send ends.
	Token func(ctx context.Context, refused bool) (string, error)

	// Net configures the connection. Only its LocalAddr, Proxy, Resolver, TLS, Timeouts,
	// Trace, Measure and Secrets are used. The timeout DataBlock applies to each write of
	// the message, and DataEnd to the wait for the response.
	Net smtp.Config
}

// Client sends mail through one service. It keeps a connection to the service open.
type Client struct {
	ctx    context.Context
	cfg    Config
	proto  protocol
	base   *url.URL
	server smtp.Server
	conn   *conn     // nil if none is open
	began  time.Time // when conn was opened
	token  string    // the latest token
	fresh  bool      // whether token has not been used for a mail yet
}

// Open gets a token, connects to the service, and returns a client. ctx applies to all calls
// to the client's methods. Every error is an *smtp.Error. If the service has caused the
// error, the error's field Addr is the address of the service.
func Open(ctx context.Context, cfg Config) (*Client, error) {
	c := &Client{ctx: ctx}
	if err := c.Configure(cfg); err != nil {
		return nil, err
	}
	ctx, cancel := c.total()
	defer cancel()
	if err := c.fetch(ctx, false); err != nil {
		return nil, err
	}
	c.fresh = true
	if err := c.connect(ctx); err != nil {
		return nil, err
	}
	return c, nil
}

// Configure replaces the configuration. If the server is the same, the connection remains open,
// with its old settings.
func (c *Client) Configure(cfg Config) error {
	proto, ok := protocols[cfg.Service]
	if !ok {
		return local(smtp.OpConnect, errUnknownService)
	}
	if cfg.Endpoint == "" {
		cfg.Endpoint = proto.endpoint
	}
	base, server, err := parseEndpoint(cfg.Endpoint)
	if err != nil {
		return local(smtp.OpConnect, err)
	}
	if cfg.Token == nil {
		return &smtp.Error{Op: smtp.OpAUTH, Kind: smtp.KindToken, Err: errNoToken, Hint: HintSetToken}
	}
	if server != c.server {
		c.disconnect() // the new token is for another server
	}
	c.cfg, c.proto, c.base, c.server = cfg, proto, base, server
	c.fresh = false // cfg.Token can return another token
	return nil
}

// total returns the context for one call to a method. The context is done when the total
// timeout has passed.
func (c *Client) total() (context.Context, context.CancelFunc) {
	if limit := c.cfg.Net.Timeouts.Total; limit > 0 {
		return context.WithTimeout(c.ctx, limit)
	}
	return context.WithCancel(c.ctx)
}

// fetch gets a token.
func (c *Client) fetch(ctx context.Context, refused bool) error {
	token, err := c.cfg.Token(ctx, refused)
	c.cfg.Net.Secrets.Add(token)
	if err == nil && token == "" {
		err = errNoToken
	}
	if err == nil && !isToken(token) {
		err = errBadToken
	}
	if err != nil {
		e := &smtp.Error{Op: smtp.OpAUTH, Kind: smtp.KindToken, Err: err}
		if c.ctx.Err() != nil {
			e.Kind = smtp.KindCanceled
		}
		return e
	}
	c.token = token
	return nil
}

// connect opens a connection if there is none that can be used.
func (c *Client) connect(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return dialError(ctx, &smtp.Error{Op: smtp.OpConnect, Kind: smtp.KindCanceled, Err: err})
	}
	if c.conn != nil && c.conn.alive() {
		return nil
	}
	c.disconnect()
	began := time.Now()
	made, err := smtp.DialTLS(ctx, &c.cfg.Net, c.server)
	if err != nil {
		return dialError(ctx, err)
	}
	c.began = began
	c.conn = newConn(made)
	c.conn.measured = c.cfg.Net.Measure != nil
	return nil
}

// Reopen opens the connection again if it was closed. It sends nothing to the service,
// because HTTP has no command like NOOP.
func (c *Client) Reopen() error {
	ctx, cancel := c.total()
	defer cancel()
	return c.connect(ctx)
}

// Prepare gets a token for the next mail, unless the latest one has not been used yet, and
// opens the connection again if it was closed. If Prepare has not been called, Send does both.
func (c *Client) Prepare() error {
	ctx, cancel := c.total()
	defer cancel()
	if !c.fresh {
		if err := c.fetch(ctx, false); err != nil {
			return err
		}
		c.fresh = true
	}
	return c.connect(ctx)
}

func (c *Client) disconnect() {
	if c.conn != nil {
		_ = c.conn.SetDeadline(past) // sending a close_notify alert must not block
		_ = c.conn.Close()
		if c.conn.measured && c.cfg.Net.Measure != nil {
			c.cfg.Net.Measure(smtp.Measurement{What: smtp.Disconnected, Server: c.server, Durations: smtp.Durations{Total: time.Since(c.began)}})
		}
	}
	c.conn = nil
}

// Usable reports whether the client can send another mail. It returns false after the context
// that was passed to Open is done.
func (c *Client) Usable() bool { return c.ctx.Err() == nil }

// Close closes the connection.
func (c *Client) Close() { c.disconnect() }

// Server returns the host and the port of the service.
func (c *Client) Server() smtp.Server { return c.server }

// TLSState returns the TLS state of the open connection, or nil if none is open.
func (c *Client) TLSState() *tls.ConnectionState {
	if c.conn == nil {
		return nil
	}
	state := c.conn.ConnectionState()
	return &state
}

// RemoteAddr returns the address of the service or, if there is a proxy, of the proxy. It
// returns nil if no connection is open.
func (c *Client) RemoteAddr() net.Addr {
	if c.conn == nil {
		return nil
	}
	return c.conn.RemoteAddr()
}

// LocalAddr returns the local address of the open connection, or nil if none is open.
func (c *Client) LocalAddr() net.Addr {
	if c.conn == nil {
		return nil
	}
	return c.conn.LocalAddr()
}

// Control calls f with the descriptor of the connection, if one is open.
func (c *Client) Control(f func(fd uintptr)) {
	if c.conn == nil {
		return
	}
	under := c.conn.NetConn()
	for {
		nested, ok := under.(interface{ NetConn() net.Conn })
		if !ok {
			break
		}
		under = nested.NetConn()
	}
	if s, ok := under.(syscall.Conn); ok {
		if raw, err := s.SyscallConn(); err == nil {
			_ = raw.Control(f)
		}
	}
}
