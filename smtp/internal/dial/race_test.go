// SPDX-License-Identifier: MIT

package dial

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// network is a simulated network. The map 'after' maps each address that accepts connections to
// the time that a connection takes. The map 'refused' contains the addresses that refuse
// connections. Other addresses do not respond.
type network struct {
	mu      sync.Mutex
	after   map[string]time.Duration
	refused map[string]bool
	started []string // "address at time"
	begin   time.Time
	conns   []net.Conn // the other ends of the connections
	broken  int        // the number of canceled attempts
}

func (n *network) connect(ctx context.Context, to netip.AddrPort) (net.Conn, error) {
	a := to.Addr().String()
	n.mu.Lock()
	n.started = append(n.started, fmt.Sprintf("%s at %s", a, time.Since(n.begin)))
	n.mu.Unlock()
	if n.refused[a] {
		return nil, syscall.ECONNREFUSED
	}
	wait, ok := n.after[a]
	if !ok {
		<-ctx.Done()
		n.mu.Lock()
		defer n.mu.Unlock()
		n.broken++
		return nil, ctx.Err()
	}
	time.Sleep(wait)
	near, far := net.Pipe()
	n.mu.Lock()
	defer n.mu.Unlock()
	n.conns = append(n.conns, far)
	return near, nil
}

func (n *network) run(ctx context.Context, late <-chan answer, addrs ...string) (net.Conn, *race, error) {
	n.begin = time.Now()
	r := &race{plan: &plan{connect: n.connect}, port: 587, results: make(chan result, maxAttempts)}
	for _, a := range addrs {
		r.waiting = append(r.waiting, netip.MustParseAddr(a))
	}
	conn, err := r.run(ctx, late)
	n.mu.Lock() // the goroutines of the attempts write to n too
	defer n.mu.Unlock()
	return conn, r, err
}

func TestUnresponsiveAddressDelaysNextAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{after: map[string]time.Duration{"192.0.2.1": 10 * time.Millisecond}}
		ctx, cancel := context.WithCancel(t.Context())
		conn, _, err := n.run(ctx, nil, "2001:db8::1", "192.0.2.1", "192.0.2.2")
		require.NoError(t, err)
		require.Equal(t, 260*time.Millisecond, time.Since(n.begin))
		require.Equal(t, []string{"2001:db8::1 at 0s", "192.0.2.1 at 250ms"}, n.started)
		conn.Close()
		cancel()
		synctest.Wait()
		require.Equal(t, 1, n.broken, "the attempt that lost goes on")
	})
}

func TestRefusalStartsNextAttemptAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{refused: map[string]bool{"2001:db8::1": true, "2001:db8::2": true},
			after: map[string]time.Duration{"192.0.2.1": 0}}
		conn, _, err := n.run(t.Context(), nil, "2001:db8::1", "2001:db8::2", "192.0.2.1")
		require.NoError(t, err)
		require.Zero(t, time.Since(n.begin))
		conn.Close()
	})
}

func TestEveryAddressFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{refused: map[string]bool{"2001:db8::1": true, "192.0.2.1": true}}
		conn, _, err := n.run(t.Context(), nil, "2001:db8::1", "192.0.2.1")
		require.Nil(t, conn)
		require.EqualError(t, err, "[2001:db8::1]:587: connection refused; 192.0.2.1:587: connection refused")
		require.True(t, errors.Is(err, syscall.ECONNREFUSED))
	})
}

func TestSlowFirstAddressWins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{after: map[string]time.Duration{"2001:db8::1": 400 * time.Millisecond, "192.0.2.1": time.Second}}
		conn, _, err := n.run(t.Context(), nil, "2001:db8::1", "192.0.2.1")
		require.NoError(t, err)
		require.Equal(t, 400*time.Millisecond, time.Since(n.begin))
		conn.Close()

		time.Sleep(2 * time.Second) // the other attempt succeeds; its connection must be closed
		synctest.Wait()
		require.Len(t, n.conns, 2)
		_, err = n.conns[1].Read(make([]byte, 1))
		require.Error(t, err, "the connection that lost stays open")
	})
}

func TestThousandAddressesAreLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{}
		var addrs []string
		for i := range 1000 {
			addrs = append(addrs, fmt.Sprintf("10.0.%d.%d", i/250, i%250))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, r, err := n.run(ctx, nil, addrs...)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, time.Minute, time.Since(n.begin))
		require.Len(t, r.started, maxAttempts)
		require.Equal(t, "10.0.0.15 at 3.75s", n.started[15])
		synctest.Wait()
	})
}

func TestSecondFamilyJoinsTheRace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{after: map[string]time.Duration{"2001:db8::1": 0}}
		ctx, cancel := context.WithCancel(t.Context())
		late := make(chan answer, 1)
		time.AfterFunc(100*time.Millisecond, func() {
			late <- answer{addrs: []netip.Addr{netip.MustParseAddr("2001:db8::1")}}
		})
		conn, _, err := n.run(ctx, late, "192.0.2.1", "192.0.2.2")
		require.NoError(t, err)
		require.Equal(t, []string{"192.0.2.1 at 0s", "2001:db8::1 at 250ms"}, n.started)
		conn.Close()
		cancel()
		synctest.Wait()
	})
}

func TestSecondFamilyAfterFirstFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{refused: map[string]bool{"192.0.2.1": true}, after: map[string]time.Duration{"2001:db8::1": 0}}
		late := make(chan answer, 1)
		time.AfterFunc(3*time.Second, func() {
			late <- answer{addrs: []netip.Addr{netip.MustParseAddr("2001:db8::1")}}
		})
		conn, _, err := n.run(t.Context(), late, "192.0.2.1")
		require.NoError(t, err)
		require.Equal(t, []string{"192.0.2.1 at 0s", "2001:db8::1 at 3s"}, n.started)
		conn.Close()
	})
}
