// SPDX-License-Identifier: MIT

package dial

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"
)

const (
	// attemptDelay is the time before the next attempt is started (RFC 8305, section 5).
	attemptDelay = 250 * time.Millisecond
	// maxAttempts is the largest number of addresses of a host that are tried.
	maxAttempts = 16
)

// race is the state of the connection attempts to one host.
type race struct {
	plan    *plan
	port    uint16
	waiting []netip.Addr
	started []netip.Addr
	failed  []error
	results chan result
}

type result struct {
	to   netip.Addr
	conn net.Conn
	err  error
}

// dialHost tries the addresses of a host, and returns the first connection that is made.
func (p *plan) dialHost(ctx context.Context, host string, port uint16) (net.Conn, *Error) {
	addrs, late, bad := p.addresses(ctx, host)
	if _, isName := netip.ParseAddr(host); isName != nil && p.resolved != nil {
		p.resolved()
	}
	if bad != nil {
		bad.Resolving = true
		return nil, bad
	}
	r := &race{plan: p, port: port, waiting: addrs, results: make(chan result, maxAttempts)}
	running, stop := context.WithCancel(ctx)
	defer stop()
	conn, err := r.run(running, late)
	switch {
	case err == nil:
		return conn, nil
	case over(ctx):
		return nil, ended(ctx, "connecting to "+hostPort(host, port)+r.tried(host))
	}
	stage := Connect
	if r.silent() {
		stage = Timeout
	}
	return nil, fail(stage, err, "no connection to %s: %s", hostPort(host, port), err)
}

func (r *race) run(ctx context.Context, late <-chan answer) (net.Conn, error) {
	if len(r.waiting) == 1 && late == nil {
		return r.only(ctx)
	}
	timer := time.NewTimer(attemptDelay)
	defer timer.Stop()
	ready := true
	for {
		if ready && len(r.waiting) > 0 && len(r.started) < maxAttempts {
			r.start(ctx)
			timer.Reset(attemptDelay)
			ready = false
		}
		more := len(r.waiting) > 0 && len(r.started) < maxAttempts
		if len(r.failed) == len(r.started) && !more && late == nil {
			return nil, r.failure()
		}
		select {
		case a := <-late:
			late = nil
			r.add(a.addrs)
		case got := <-r.results:
			if got.err == nil {
				r.discard(len(r.started) - len(r.failed) - 1)
				return got.conn, nil
			}
			r.lost(got.to, got.err)
			ready = true
		case <-timer.C:
			ready = true
		case <-ctx.Done():
			r.discard(len(r.started) - len(r.failed))
			return nil, ctx.Err()
		}
	}
}

// 'only' makes the single attempt for a host that has one address. It does so on the
// caller's goroutine: if the caller is locked to its thread, a new goroutine would need a
// switch of threads.
func (r *race) only(ctx context.Context) (net.Conn, error) {
	to := r.waiting[0]
	r.waiting, r.started = nil, append(r.started, to)
	conn, err := r.plan.connect(ctx, netip.AddrPortFrom(to, r.port))
	switch {
	case err == nil:
		return conn, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	r.lost(to, err)
	return nil, r.failure()
}

// The method lost records err, the error of the attempt to connect to the address 'to'.
func (r *race) lost(to netip.Addr, err error) {
	r.failed = append(r.failed, &said{
		text:  fmt.Sprintf("%s: %s", netip.AddrPortFrom(to, r.port), reason(err)),
		cause: err,
	})
}

func (r *race) start(ctx context.Context) {
	to := r.waiting[0]
	r.waiting, r.started = r.waiting[1:], append(r.started, to)
	go func() {
		conn, err := r.plan.connect(ctx, netip.AddrPortFrom(to, r.port))
		r.results <- result{to, conn, err}
	}()
}

// add interleaves addrs, the addresses of the family whose look-up took longer, with the
// addresses that have not been tried yet. The addresses in addrs come first, unless the last
// attempt was made to an address of their own family.
func (r *race) add(addrs []netip.Addr) {
	if n := len(r.started); n > 0 && len(addrs) > 0 && r.started[n-1].Is4() == addrs[0].Is4() {
		r.waiting = interleave(r.waiting, addrs)
		return
	}
	r.waiting = interleave(addrs, r.waiting)
}

// discard starts a goroutine that waits for the attempts that are still running, and closes
// the connections of those that succeed.
func (r *race) discard(running int) {
	go func() {
		for range running {
			if late := <-r.results; late.conn != nil {
				late.conn.Close()
			}
		}
	}()
}

func (r *race) failure() error {
	texts := make([]string, 0, len(r.failed))
	for _, err := range r.failed {
		texts = append(texts, err.Error())
	}
	return &said{text: strings.Join(texts, "; "), cause: errors.Join(r.failed...)}
}

// silent reports whether all attempts failed because the operating system's timeout passed.
func (r *race) silent() bool {
	for _, err := range r.failed {
		var t net.Error
		if !errors.As(err, &t) || !t.Timeout() {
			return false
		}
	}
	return len(r.failed) > 0
}

// tried returns a text that lists the addresses that were tried. It returns "" if there are
// none, or if the only one is host itself.
func (r *race) tried(host string) string {
	if len(r.started) == 0 || len(r.started) == 1 && r.started[0].String() == host {
		return ""
	}
	texts := make([]string, 0, len(r.started))
	for _, a := range r.started {
		texts = append(texts, a.String())
	}
	return " (tried " + strings.Join(texts, ", ") + ")"
}
