// SPDX-License-Identifier: MIT

package conn

import (
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// linked returns a link and the other end of its connection. If 'thread' is set, the link
// waits in the kernel, and otherwise in the runtime's poller.
func linked(t *testing.T, network string, thread bool) (*Link, net.Conn) {
	t.Helper()
	address := "127.0.0.1:0"
	if network == "unix" {
		address = t.TempDir() + "/s"
	}
	l, err := net.Listen(network, address)
	require.NoError(t, err)
	defer l.Close()
	at, err := net.Dial(network, l.Addr().String())
	require.NoError(t, err)
	far, err := l.Accept()
	require.NoError(t, err)
	if thread {
		at = OnThread(at)
		require.IsType(t, &blocking{}, at)
	}
	t.Cleanup(func() { at.Close(); far.Close() })
	return New(t.Context(), at), far
}

// waits are the delays before the event that ends a waiting call: zero, a short delay, and one
// that is longer than one system call waits.
var waits = []time.Duration{0, time.Millisecond, slice + 50*time.Millisecond}

// all runs a test with links that wait in the runtime's poller, with links that wait in the
// kernel, and with links that wait in the kernel in one system call, over TCP and over Unix
// sockets.
func all(t *testing.T, test func(t *testing.T, pair func() (*Link, net.Conn))) {
	for _, name := range []string{"poller", "thread", "patient"} {
		for _, network := range []string{"tcp", "unix"} {
			t.Run(name+"-"+network, func(t *testing.T) {
				t.Parallel()
				test(t, func() (*Link, net.Conn) {
					at, far := linked(t, network, name != "poller")
					if name == "patient" {
						at.Control(func(fd uintptr) { require.NoError(t, limitReads(fd, slice)) })
						at.Conn.(*blocking).patient = true
					}
					return at, far
				})
			})
		}
	}
}

func netError(t *testing.T, at *Link, op string, want, err error) {
	t.Helper()
	require.ErrorIs(t, err, want)
	var e *net.OpError
	require.True(t, errors.As(err, &e), "%v", err)
	assert.Equal(t, op, e.Op)
	assert.Equal(t, at.LocalAddr(), e.Source)
	assert.Equal(t, at.RemoteAddr(), e.Addr)
}

func TestWaitForOctets(t *testing.T) {
	all(t, func(t *testing.T, pair func() (*Link, net.Conn)) {
		p := make([]byte, 100)
		for _, wait := range waits {
			at, far := pair()
			time.AfterFunc(wait, func() { _, _ = far.Write([]byte("250 ok\r\n")) })
			n, err := at.Read(p)
			require.NoError(t, err)
			assert.Equal(t, "250 ok\r\n", string(p[:n]))
			n, err = at.Write([]byte("QUIT\r\n"))
			require.NoError(t, err)
			assert.Equal(t, 6, n)
			n, err = far.Read(p)
			require.NoError(t, err)
			assert.Equal(t, "QUIT\r\n", string(p[:n]))
			time.AfterFunc(wait, func() { far.Close() })
			n, err = at.Read(p)
			assert.Zero(t, n)
			assert.Equal(t, io.EOF, err)
		}
	})
}

func TestWaitForReset(t *testing.T) {
	for _, thread := range []bool{false, true} {
		for _, wait := range waits {
			at, far := linked(t, "tcp", thread)
			require.NoError(t, far.(*net.TCPConn).SetLinger(0))
			time.AfterFunc(wait, func() { far.Close() })
			_, err := at.Read(make([]byte, 100))
			netError(t, at, "read", syscall.ECONNRESET, err)
			_, err = at.Write([]byte("x"))
			netError(t, at, "write", syscall.EPIPE, err)
		}
	}
}

// End ends waiting calls at once. Later calls fail.
func TestCloseAndCancelEndWaiting(t *testing.T) {
	all(t, func(t *testing.T, pair func() (*Link, net.Conn)) {
		p := make([]byte, 100)
		for _, wait := range waits {
			at, far := pair()
			_, _ = far.Write([]byte("250 ok\r\n"))
			_, err := at.Read(p)
			require.NoError(t, err)
			time.AfterFunc(wait, at.End)
			for range 2 {
				n, err := at.Read(p)
				assert.Zero(t, n)
				netError(t, at, "read", os.ErrDeadlineExceeded, err)
			}

			at, _ = pair() // the other end reads nothing
			time.AfterFunc(wait, at.End)
			_, err = at.Write(make([]byte, 64<<20))
			netError(t, at, "write", os.ErrDeadlineExceeded, err)
			_, err = at.Write([]byte("x"))
			assert.ErrorIs(t, err, os.ErrDeadlineExceeded)
		}
	})
}

func TestDeadlines(t *testing.T) {
	all(t, func(t *testing.T, pair func() (*Link, net.Conn)) {
		p := make([]byte, 100)
		for _, d := range []time.Duration{-time.Hour, 0, 5 * time.Millisecond, slice * 3 / 2} {
			at, far := pair()
			require.NoError(t, at.SetDeadline(time.Now().Add(d)))
			_, err := at.Read(p)
			netError(t, at, "read", os.ErrDeadlineExceeded, err)
			n, err := at.Write(make([]byte, 64<<20))
			netError(t, at, "write", os.ErrDeadlineExceeded, err)
			assert.Less(t, n, 64<<20)
			require.NoError(t, at.SetDeadline(time.Time{}))
			_, _ = far.Write([]byte("250 ok\r\n"))
			n, err = at.Read(p)
			require.NoError(t, err)
			assert.Equal(t, 8, n)
		}
		// The deadline is changed while a call waits.
		at, _ := pair()
		time.AfterFunc(20*time.Millisecond, func() { _ = at.SetReadDeadline(Past) })
		_, err := at.Read(p)
		netError(t, at, "read", os.ErrDeadlineExceeded, err)
		time.AfterFunc(20*time.Millisecond, func() { _ = at.SetWriteDeadline(Past) })
		_, err = at.Write(make([]byte, 64<<20))
		netError(t, at, "write", os.ErrDeadlineExceeded, err)
	})
}

// A connection that the server has reset is readable: a read returns the error at once.
func TestReadableAfterAReset(t *testing.T) {
	for _, thread := range []bool{false, true} {
		at, far := linked(t, "tcp", thread)
		require.False(t, at.Readable())
		require.NoError(t, far.(*net.TCPConn).SetLinger(0))
		require.NoError(t, far.Close())
		control := at.poll
		if thread {
			control = at.Conn.(*blocking).raw
		}
		require.Eventually(t, func() (closed bool) {
			require.NoError(t, control.Control(func(fd uintptr) {
				state, err := syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_INFO)
				require.NoError(t, err)
				closed = state&0xff == 7 // TCP_CLOSE
			}))
			return closed
		}, 10*time.Second, time.Millisecond)
		require.True(t, at.Readable(), "thread: %v", thread)
	}
}

func TestProbe(t *testing.T) {
	all(t, func(t *testing.T, pair func() (*Link, net.Conn)) {
		at, far := pair()
		p := make([]byte, 100)
		var n int
		read := func() (err error) { n, err = at.Read(p); return err }
		require.NoError(t, at.SetReadDeadline(Past))
		require.NoError(t, at.Probe(true, read))
		assert.Zero(t, n)
		_, _ = far.Write([]byte("421 bye\r\n"))
		require.Eventually(t, at.Readable, 10*time.Second, time.Millisecond)
		require.NoError(t, at.Probe(false, read))
		assert.Zero(t, n, "without the kernel")
		require.NoError(t, at.Probe(true, read))
		assert.Equal(t, 9, n)
		far.Close()
		require.Eventually(t, func() bool { return at.Probe(true, read) == io.EOF }, 10*time.Second, time.Millisecond)
		at.Close()
		assert.ErrorIs(t, at.Probe(true, read), net.ErrClosed)
	})
}

// Only the first read calls First.
func TestFirst(t *testing.T) {
	all(t, func(t *testing.T, pair func() (*Link, net.Conn)) {
		bad := errors.New("bad")
		at, far := pair()
		var seen []byte
		at.First = func(p []byte) error { seen = append(seen, p...); return bad }
		p := make([]byte, 100)
		for i, want := range []error{bad, nil} {
			_, _ = far.Write([]byte{'0' + byte(i)})
			_, err := at.Read(p)
			assert.Equal(t, want, err)
		}
		assert.Equal(t, "0", string(seen))
	})
}

// Close ends waiting calls. Later calls fail with net.ErrClosed.
func TestCloseWhileWaiting(t *testing.T) {
	all(t, func(t *testing.T, pair func() (*Link, net.Conn)) {
		for _, wait := range waits {
			at, _ := pair()
			written, closed := make(chan error, 1), make(chan error, 1)
			go func() { _, err := at.Write(make([]byte, 64<<20)); written <- err }()
			time.AfterFunc(wait, func() { closed <- at.Close() })
			_, err := at.Read(make([]byte, 100))
			assert.Error(t, err)
			assert.Error(t, <-written)
			assert.NoError(t, <-closed)
			_, err = at.Read(make([]byte, 100))
			assert.ErrorIs(t, err, net.ErrClosed)
			_, err = at.Write([]byte("x"))
			assert.ErrorIs(t, err, net.ErrClosed)
			assert.Error(t, at.Close())
		}
	})
}

// If a read keeps its processor, the garbage collector has to wait until the read's raw system
// call ends. It does not have to wait until the reply arrives.
func TestRawWaitEndsForTheCollector(t *testing.T) {
	at, far := linked(t, "tcp", true)
	at.KeepProcessor(func() bool { return true })
	end := make(chan struct{})
	replies := make(chan error, 1)
	go func() { // replies arrive so fast that each read waits in a raw system call
		for {
			select {
			case <-end:
				far.Close()
				replies <- nil
				return
			default:
			}
			if _, err := far.Write([]byte("x")); err != nil {
				replies <- err
				return
			}
			time.Sleep(100 * time.Microsecond)
		}
	}()
	read := make(chan error, 1)
	go func() {
		var p [100]byte
		for {
			if _, err := at.Read(p[:]); err != nil {
				read <- err
				return
			}
		}
	}()
	var worst time.Duration
	for range 50 {
		before := time.Now()
		var m runtime.MemStats
		runtime.ReadMemStats(&m) // stops the goroutines, as the collector does
		worst = max(worst, time.Since(before))
	}
	close(end)
	require.NoError(t, <-replies)
	require.Equal(t, io.EOF, <-read)
	t.Logf("the longest wait was %v", worst)
	assert.Less(t, worst, 10*time.Second)
}

// After a slow reply, reads do not keep their processor. After a fast reply, they keep it
// again.
func TestSlowRepliesReleaseTheProcessor(t *testing.T) {
	conn, far := linked(t, "tcp", true)
	c := conn.Conn.(*blocking)
	conn.KeepProcessor(func() bool { return true })
	p := make([]byte, 10)
	time.AfterFunc(slice/2, func() { _, _ = far.Write([]byte("slow")) })
	_, err := conn.Read(p)
	require.NoError(t, err)
	require.True(t, c.slow.Load())

	// The rest of the slow reply is read without a wait, but is not a fast reply.
	_, _ = far.Write([]byte("rest"))
	require.Eventually(t, conn.Readable, time.Minute, time.Millisecond)
	_, err = conn.Read(p)
	require.NoError(t, err)
	require.True(t, c.slow.Load())

	echo := make(chan error, 1)
	go func() { _, err := io.Copy(far, far); echo <- err }()
	require.Eventually(t, func() bool {
		_, err := conn.Write([]byte("fast"))
		require.NoError(t, err)
		_, err = io.ReadFull(conn, p[:4])
		require.NoError(t, err)
		return !c.slow.Load()
	}, time.Minute, time.Millisecond)

	// While a goroutine started by the method Go is running, reads do not keep their
	// processor, because this goroutine needs one too.
	running := make(chan struct{})
	conn.Go(func() { <-running })
	require.False(t, c.keep())
	close(running)
	require.Eventually(t, func() bool { return c.keep() }, time.Minute, time.Millisecond)
	require.NoError(t, conn.Close())
	<-echo
}

// The receive timeout of the socket changes after several waits in a row that wanted the other
// timeout.
func TestReceiveTimeoutFollowsTheWaits(t *testing.T) {
	at, far := linked(t, "tcp", true)
	c := at.Conn.(*blocking)
	keep := false
	c.keepProcessor(func() bool { return keep })
	p := make([]byte, 1)
	read := func(times int) {
		t.Helper()
		for range times {
			c.slow.Store(false)
			_, err := far.Write([]byte("x"))
			require.NoError(t, err)
			require.Eventually(t, at.Readable, time.Minute, 10*time.Microsecond) // so that one system call is enough
			_, err = at.Read(p)
			require.NoError(t, err)
		}
	}
	for range 2 {
		keep = false
		read(enough - 1)
		require.False(t, c.patient)
		keep = true
		read(1)
		keep = false
		read(enough - 1)
		require.False(t, c.patient)
		read(1)
		require.True(t, c.patient)
		at.Control(func(fd uintptr) { // without octets, a call waits until the timeout
			before := time.Now()
			err := error(syscall.EINTR)
			for err == syscall.EINTR {
				_, _, err = syscall.Recvfrom(int(fd), p, 0)
			}
			require.Equal(t, syscall.EAGAIN, err)
			require.GreaterOrEqual(t, time.Since(before), slice)
		})
		keep = true
		read(enough - 1)
		require.True(t, c.patient)
		keep = false
		read(1)
		keep = true
		read(enough)
		require.False(t, c.patient)
	}
}

// Close ends the connection even if another process, such as a forked child, has a copy of
// its descriptor.
func TestCloseEndsTheConnectionOfAForkedChild(t *testing.T) {
	at, far := linked(t, "tcp", true)
	var twin int
	at.Control(func(fd uintptr) { twin, _ = syscall.Dup(int(fd)) })
	defer syscall.Close(twin)
	require.NoError(t, at.Close())
	require.NoError(t, far.SetReadDeadline(time.Now().Add(time.Minute)))
	_, err := far.Read(make([]byte, 1))
	require.Equal(t, io.EOF, err)
}

// If the peer closes the connection, Close only closes the descriptor. Calls then fail at once.
func TestCloseAfterThePeerSaidThatItCloses(t *testing.T) {
	at, far := linked(t, "tcp", true)
	fd := 0
	at.Control(func(own uintptr) { fd = int(own) })
	copied, err := syscall.Dup(fd)
	require.NoError(t, err)
	at.PeerCloses()
	require.NoError(t, at.Close())
	_, err = at.Write([]byte("x"))
	netError(t, at, "write", net.ErrClosed, err)
	_, err = at.Read(make([]byte, 1))
	netError(t, at, "read", net.ErrClosed, err)
	_, err = syscall.Write(copied, []byte("y")) // the connection was not shut down
	require.NoError(t, err)
	require.NoError(t, syscall.Close(copied))
	rest, err := io.ReadAll(far)
	require.NoError(t, err)
	assert.Equal(t, "y", string(rest))
}

// If a read makes several system calls until the reply arrives, the reply counts as slow, even
// if the last of these calls is short.
func TestLateOctetsReleaseTheProcessor(t *testing.T) {
	at, far := linked(t, "tcp", true)
	c := at.Conn.(*blocking)
	at.KeepProcessor(func() bool { return true })
	p := make([]byte, 10)
	for range 3 {
		time.AfterFunc(slice+2*time.Millisecond, func() { _, _ = far.Write([]byte("x")) })
		_, err := at.Read(p)
		require.NoError(t, err)
		require.True(t, c.slow.Load())
	}
}

func TestAfterSilence(t *testing.T) {
	all(t, func(t *testing.T, pair func() (*Link, net.Conn)) {
		at, far := pair()
		p := make([]byte, 10)
		silent := make(chan time.Time, 10)
		began := time.Now()
		cancel := at.AfterSilence(10*time.Millisecond, func() { silent <- time.Now(); _, _ = far.Write([]byte("x")) })
		_, err := at.Read(p)
		require.NoError(t, err)
		require.GreaterOrEqual(t, (<-silent).Sub(began), 10*time.Millisecond)
		cancel()

		// The function is called only once.
		time.AfterFunc(2*slice, func() { _, _ = far.Write([]byte("x")) })
		_, err = at.Read(p)
		require.NoError(t, err)

		// A canceled function is not called.
		at.AfterSilence(20*time.Millisecond, func() { silent <- time.Now() })()
		time.AfterFunc(2*slice, func() { _, _ = far.Write([]byte("x")) })
		_, err = at.Read(p)
		require.NoError(t, err)
		require.Empty(t, silent)
	})
}
