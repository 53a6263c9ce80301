// SPDX-License-Identifier: MIT

package dial

import (
	"context"
	"crypto/x509"
	"net"
	"net/netip"
	"time"

	"csmtp/smtp/internal/text"
)

// Options are the options for one call to Dial.
type Options struct {
	Network   string        // "tcp" (default), "tcp4", "tcp6" or "unix"
	Host      string        // name, IP literal (also "[v6]" or with a zone), or the path of a unix socket
	Port      int           // 1 to 65535; not for "unix"
	LocalAddr string        // IP address to bind to; "" means any
	Proxy     string        // "SCHEME://[user:password@]host:port" with socks5, http or https; "" means none
	Resolver  *net.Resolver // nil: net.DefaultResolver
	Timeout   time.Duration // for the look-up, the connection attempts and the proxy together; 0: none
	// Connect, if not nil, makes the TCP connections to the host, in place of package net.
	// Package net still makes those to a proxy. 'from' is the local address; if 'from' is not
	// valid, the system chooses one.
	Connect func(ctx context.Context, from netip.Addr, to netip.AddrPort) (net.Conn, error)

	// Resolved, if not nil, is called when the look-up of the host has ended. If there is
	// a proxy, this is the look-up of the proxy. An IP address is not looked up.
	Resolved func()

	// Hide, if not nil, hides secrets in a text that a proxy has sent, before an error
	// shows part of this text.
	Hide func(text string) string

	connect    func(ctx context.Context, to netip.AddrPort) (net.Conn, error) // in tests: makes the connection
	proxyRoots *x509.CertPool                                                 // in tests: the roots for https:// proxies
}

// plan is the checked form of Options.
type plan struct {
	network  string // "tcp", "tcp4", "tcp6", "unix"
	host     string // a host in the form that HostName returns, or a path
	port     uint16
	local    netip.Addr
	proxy    *proxyURL
	resolver *net.Resolver
	timeout  time.Duration
	connect  func(ctx context.Context, to netip.AddrPort) (net.Conn, error)
	roots    *x509.CertPool
	hide     func(text string) string
	resolved func()
}

// Check returns an error if the options are not valid. It does not use the network.
func (o *Options) Check() error {
	_, err := o.plan()
	if err != nil {
		return err
	}
	return nil
}

func (o *Options) plan() (*plan, *Error) {
	p := &plan{network: o.Network, resolver: o.Resolver, timeout: o.Timeout, connect: o.connect, roots: o.proxyRoots, hide: o.Hide, resolved: o.Resolved}
	if p.resolver == nil {
		p.resolver = net.DefaultResolver
	}
	switch p.network {
	case "":
		p.network = "tcp"
	case "tcp", "tcp4", "tcp6":
	case "unix":
		return p.planUnix(o)
	default:
		return nil, fail(Local, nil, "unknown network %q: use tcp or unix", clip(o.Network))
	}
	host, err := HostName(o.Host)
	if err != nil {
		return nil, fail(Local, err, "%s", err)
	}
	p.host = host
	if o.Port < 1 || o.Port > 65535 {
		return nil, fail(Local, nil, "port %d is not between 1 and 65535", o.Port)
	}
	p.port = uint16(o.Port)
	if o.LocalAddr != "" {
		local, ok := address(o.LocalAddr)
		if name, place := text.FindControl(o.LocalAddr); place > 0 {
			return nil, fail(Local, nil, "local address %q has a %s at octet %d: remove it", clip(o.LocalAddr), name, place)
		}
		if !ok {
			return nil, fail(Local, nil, "local address %q is not an IP address", clip(o.LocalAddr))
		}
		p.local = local.Unmap()
	}
	if o.Proxy != "" {
		proxy, err := parseProxy(o.Proxy)
		if err != nil {
			return nil, fail(Local, nil, "%s", err)
		}
		p.proxy = proxy
	}
	switch {
	case p.connect != nil:
	case o.Connect != nil && p.proxy == nil:
		p.connect = func(ctx context.Context, to netip.AddrPort) (net.Conn, error) { return o.Connect(ctx, p.local, to) }
	default:
		p.connect = p.dialTCP
	}
	return p, nil
}

func (p *plan) planUnix(o *Options) (*plan, *Error) {
	name, place, help := text.FindInPath(o.Host)
	switch {
	case o.Host == "":
		return nil, fail(Local, nil, "the path of the unix socket is empty")
	case place > 0:
		return nil, fail(Local, nil, "the path of the unix socket, %q, has a %s at octet %d: %s", clip(o.Host), name, place, help)
	case o.Proxy != "":
		return nil, fail(Local, nil, "a unix socket cannot be reached through a proxy")
	case o.LocalAddr != "":
		return nil, fail(Local, nil, "a local address cannot be used with a unix socket")
	}
	p.host = o.Host
	return p, nil
}

func (p *plan) dialTCP(ctx context.Context, to netip.AddrPort) (net.Conn, error) {
	d := net.Dialer{FallbackDelay: -1}
	if p.local.IsValid() {
		d.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(p.local, 0))
	}
	return d.DialContext(ctx, "tcp", to.String())
}

// The method clean hides secrets in a text from the proxy, which may quote the password, and
// then calls the function clean.
func (p *plan) clean(s string, most int) string {
	if p.hide != nil {
		s = p.hide(s)
	}
	return clean(s, most)
}
