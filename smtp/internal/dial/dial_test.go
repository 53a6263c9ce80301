// SPDX-License-Identifier: MIT

package dial

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/dns/dnsmessage"
)

const generous = 10 * time.Second

// greeter starts a server that sends each client a greeting with the client's address.
func greeter(t *testing.T, network, addr string) net.Listener {
	t.Helper()
	l, err := net.Listen(network, addr)
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			fmt.Fprintf(conn, "220 %s\r\n", conn.RemoteAddr())
			conn.Close()
		}
	}()
	return l
}

func port(l net.Listener) int { return l.Addr().(*net.TCPAddr).Port }

var addr = netip.MustParseAddr

func greeting(t *testing.T, conn net.Conn) string {
	t.Helper()
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(generous)))
	line, err := bufio.NewReader(conn).ReadString('\n')
	require.NoError(t, err)
	return line
}

func TestDialLiteralsAndNames(t *testing.T) {
	ns, resolver := newNameServer(t)
	ns.host("mail.test.example.", "127.0.0.1")
	ns.host("xn--bcher-kva.test.example.", "127.0.0.1")
	l := greeter(t, "tcp", "127.0.0.1:0")
	for _, host := range []string{"127.0.0.1", "::ffff:127.0.0.1", "mail.test.example", "mail.test.example.", "bücher.test.example"} {
		conn, err := Dial(t.Context(), &Options{Host: host, Port: port(l), Resolver: resolver, Timeout: generous})
		require.NoError(t, err, host)
		require.Contains(t, greeting(t, conn), "220 127.0.0.1:")
	}
}

func TestDialIPv6Literal(t *testing.T) {
	l := greeter(t, "tcp", "[::1]:0")
	for _, host := range []string{"::1", "[::1]"} {
		conn, err := Dial(t.Context(), &Options{Host: host, Port: port(l), Timeout: generous})
		require.NoError(t, err)
		require.Contains(t, greeting(t, conn), "220 [::1]:")
	}
}

func TestDialFromALocalAddress(t *testing.T) {
	l := greeter(t, "tcp", "127.0.0.1:0")
	conn, err := Dial(t.Context(), &Options{Host: "127.0.0.1", Port: port(l), LocalAddr: "127.0.0.1", Timeout: generous})
	require.NoError(t, err)
	require.Contains(t, greeting(t, conn), "220 127.0.0.1:")

	_, err = Dial(t.Context(), &Options{Host: "127.0.0.1", Port: port(l), LocalAddr: "192.0.2.77", Timeout: generous})
	stage(t, err, Connect)

	_, err = Dial(t.Context(), &Options{Host: "127.0.0.1", Port: port(l), LocalAddr: "::1", Timeout: generous})
	stage(t, err, Connect)
	require.ErrorContains(t, err, "no address of the same family (IPv4 or IPv6) as the local address ::1")
}

func TestDialUnix(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	greeter(t, "unix", path)
	conn, err := Dial(t.Context(), &Options{Network: "unix", Host: path})
	require.NoError(t, err)
	require.Contains(t, greeting(t, conn), "220 ")

	_, err = Dial(t.Context(), &Options{Network: "unix", Host: path + ".missing"})
	stage(t, err, Connect)
	require.ErrorContains(t, err, "no such file or directory")
}

func TestDialRefused(t *testing.T) {
	l := greeter(t, "tcp", "127.0.0.1:0")
	l.Close()
	_, err := Dial(t.Context(), &Options{Host: "127.0.0.1", Port: port(l)})
	stage(t, err, Connect)
	require.ErrorContains(t, err, "connection refused")
}

func TestDialNoSuchName(t *testing.T) {
	_, resolver := newNameServer(t)
	_, err := Dial(t.Context(), &Options{Host: "missing.test.example", Port: 25, Resolver: resolver})
	stage(t, err, Resolve)
	require.ErrorContains(t, err, "missing.test.example has no address")
}

func TestDialBrokenNameServer(t *testing.T) {
	ns, resolver := newNameServer(t)
	ns.host("mail.test.example.", "127.0.0.1")
	ns.set(func(s *nameServer) {
		s.broken["mail.test.example. A"], s.broken["mail.test.example. AAAA"] = true, true
	})
	_, err := Dial(t.Context(), &Options{Host: "mail.test.example", Port: 25, Resolver: resolver})
	stage(t, err, Resolve)
	require.ErrorContains(t, err, "looking up mail.test.example: ")
}

func TestDialWithoutAnswerToAAAA(t *testing.T) {
	ns, resolver := newNameServer(t)
	ns.host("mail.test.example.", "127.0.0.1")
	ns.set(func(s *nameServer) { s.drop[dnsmessage.TypeAAAA] = true })
	l := greeter(t, "tcp", "127.0.0.1:0")
	// If Dial did not limit the wait for AAAA records to the resolution delay, it would wait
	// until the resolver had sent its query twice and waited 5 s for each reply.
	conn, err := Dial(t.Context(), &Options{Host: "mail.test.example", Port: port(l), Resolver: resolver, Timeout: 4 * time.Second})
	require.NoError(t, err)
	greeting(t, conn)
	require.NotZero(t, ns.count("mail.test.example.", dnsmessage.TypeAAAA))
}

func TestDialSilentNameServer(t *testing.T) {
	ns, resolver := newNameServer(t)
	ns.set(func(s *nameServer) { s.drop[dnsmessage.TypeAAAA], s.drop[dnsmessage.TypeA] = true, true })
	_, err := Dial(t.Context(), &Options{Host: "mail.test.example", Port: 25, Resolver: resolver, Timeout: 50 * time.Millisecond})
	stage(t, err, Timeout)
	require.ErrorContains(t, err, "looking up mail.test.example")
}

func TestDialTriesBothFamilies(t *testing.T) {
	ns, resolver := newNameServer(t)
	ns.host("mail.test.example.", "2001:db8::1", "2001:db8::2", "192.0.2.1", "192.0.2.2")
	var mu sync.Mutex
	var tried []string
	o := &Options{Host: "mail.test.example", Port: 25, Resolver: resolver}
	o.connect = func(_ context.Context, to netip.AddrPort) (net.Conn, error) {
		mu.Lock()
		defer mu.Unlock()
		tried = append(tried, to.Addr().String()[:3])
		return nil, net.UnknownNetworkError("made up")
	}
	_, err := Dial(t.Context(), o)
	stage(t, err, Connect)
	require.ElementsMatch(t, []string{"200", "200", "192", "192"}, tried)
	require.Equal(t, []netip.Addr{addr("::1"), addr("10.0.0.1"), addr("::2"), addr("::3")},
		interleave([]netip.Addr{addr("::1"), addr("::2"), addr("::3")}, []netip.Addr{addr("10.0.0.1")}))

	for network, want := range map[string][]string{"tcp4": {"192", "192"}, "tcp6": {"200", "200"}} {
		tried, o.Network = nil, network
		_, err = Dial(t.Context(), o)
		stage(t, err, Connect)
		require.Equal(t, want, tried)
	}
}

func TestDialThousandRecords(t *testing.T) {
	ns, resolver := newNameServer(t)
	for i := range 1000 {
		ns.host("many.test.example.", fmt.Sprintf("10.1.%d.%d", i/250, i%250))
	}
	var tried atomic.Int32
	_, err := Dial(t.Context(), &Options{Host: "many.test.example", Port: 25, Resolver: resolver, Timeout: generous,
		connect: func(context.Context, netip.AddrPort) (net.Conn, error) {
			tried.Add(1)
			return nil, net.UnknownNetworkError("made up")
		}})
	stage(t, err, Connect)
	require.EqualValues(t, maxAttempts, tried.Load())
	require.Less(t, len(err.Error()), 2000)
}

func TestDialCanceledAndTimedOut(t *testing.T) {
	hole := func(ctx context.Context, _ netip.AddrPort) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	_, err := Dial(ctx, &Options{Host: "192.0.2.1", Port: 25, connect: hole})
	stage(t, err, Canceled)
	require.ErrorIs(t, err, context.Canceled)

	_, err = Dial(t.Context(), &Options{Host: "192.0.2.1", Port: 25, Timeout: 20 * time.Millisecond, connect: hole})
	stage(t, err, Timeout)
	require.EqualError(t, err, "timed out while connecting to 192.0.2.1:25")
}
