// SPDX-License-Identifier: MIT

package dial

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"
)

// resolutionDelay is how long to wait for AAAA records after the A records have arrived
// (RFC 8305, section 3).
const resolutionDelay = 50 * time.Millisecond

// answer is the result of the look-up for one address family.
type answer struct {
	addrs []netip.Addr
	err   error
}

// addresses looks up the host, with a separate query for each address family: if the name
// server does not reply to one query, this does not delay the other. addresses returns as
// soon as the addresses of one family can be used. If the answer for the other family has
// not arrived yet, the channel delivers it later; otherwise the channel is nil.
func (p *plan) addresses(ctx context.Context, host string) ([]netip.Addr, <-chan answer, *Error) {
	if addr, err := netip.ParseAddr(host); err == nil {
		addrs := p.usable([]netip.Addr{addr})
		if len(addrs) == 0 {
			return nil, nil, fail(Connect, nil, "%s", p.noneUsable(host))
		}
		return addrs, nil, nil
	}
	if p.network != "tcp" || p.local.IsValid() {
		family := "ip4"
		if p.network == "tcp6" || p.network == "tcp" && p.local.Is6() {
			family = "ip6"
		}
		return p.settle(ctx, host, <-p.lookUp(ctx, family, host), answer{})
	}
	v6, v4 := p.lookUp(ctx, "ip6", host), p.lookUp(ctx, "ip4", host)
	select {
	case a := <-v6:
		if len(a.addrs) > 0 {
			return a.addrs, v4, nil
		}
		return p.settle(ctx, host, <-v4, a)
	case a := <-v4:
		if len(a.addrs) == 0 {
			return p.settle(ctx, host, <-v6, a)
		}
		wait := time.NewTimer(resolutionDelay)
		defer wait.Stop()
		select {
		case b := <-v6:
			return interleave(b.addrs, a.addrs), nil, nil
		case <-wait.C:
			return a.addrs, v6, nil
		}
	}
}

// settle returns the result of the method addresses. The parameters a and other are the answers
// for the two families. At most one of these answers has addresses.
func (p *plan) settle(ctx context.Context, host string, a, other answer) ([]netip.Addr, <-chan answer, *Error) {
	if len(a.addrs) > 0 {
		return a.addrs, nil, nil
	}
	if over(ctx) {
		return nil, nil, ended(ctx, "looking up "+host)
	}
	err := a.err
	// If one look-up found nothing and the other failed, report the failure, because the
	// host may have an address.
	if err == nil || notFound(err) && other.err != nil {
		err = other.err
	}
	switch {
	case err == nil:
		return nil, nil, fail(Connect, nil, "%s", p.noneUsable(host))
	case notFound(err):
		return nil, nil, fail(Resolve, err, "the host name %s has no address: is it spelled correctly?", host)
	}
	return nil, nil, fail(Resolve, err, "looking up %s: %s", host, dnsReason(err))
}

func (p *plan) lookUp(ctx context.Context, family, host string) <-chan answer {
	out := make(chan answer, 1)
	go func() {
		addrs, err := p.resolver.LookupNetIP(ctx, family, host)
		out <- answer{p.usable(addrs), err}
	}()
	return out
}

// usable returns the addresses of the families that the network and the local address allow.
func (p *plan) usable(in []netip.Addr) []netip.Addr {
	var out []netip.Addr
	for _, a := range in {
		a = a.Unmap()
		switch {
		case p.network == "tcp4" && !a.Is4(), p.network == "tcp6" && a.Is4():
		case p.local.IsValid() && p.local.Is4() != a.Is4():
		default:
			out = append(out, a)
		}
	}
	return out
}

func (p *plan) noneUsable(host string) string {
	if p.local.IsValid() {
		return host + " has no address of the same family (IPv4 or IPv6) as the local address " + p.local.String()
	}
	return host + " has no address for network " + p.network
}

func notFound(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound
}

// interleave returns the addresses of a and b alternately, beginning with a (RFC 8305,
// section 4).
func interleave(a, b []netip.Addr) []netip.Addr {
	out := make([]netip.Addr, 0, len(a)+len(b))
	for len(a) > 0 || len(b) > 0 {
		if len(a) > 0 {
			out, a = append(out, a[0]), a[1:]
		}
		if len(b) > 0 {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return out
}

func dnsReason(err error) string {
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns) && dns.IsTimeout:
		return "the name server does not respond"
	case errors.As(err, &dns):
		return clean(dns.Err, 200)
	}
	return clean(err.Error(), 200)
}
