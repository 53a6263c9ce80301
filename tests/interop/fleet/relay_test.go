// SPDX-License-Identifier: MIT

package fleet

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// relay is a Postfix in its own process namespace, so that SIGKILL ends all its processes
// at once. The test itself writes the relay's log, like syslogd, so that no line is lost.
type relay struct {
	process
	etc string
}

func newRelay(t *testing.T, dir, name string, sink int) *relay {
	t.Helper()
	home, port := filepath.Join(dir, name), freePort(t)
	r := &relay{etc: filepath.Join(home, "etc")}
	run(t, "../../../examples/outbox/relay.sh", home, fmt.Sprint(port), fmt.Sprintf("smtp:[127.0.0.1]:%d", sink))
	run(t, "postconf", "-c", r.etc, "-e", "maillog_file=")
	socket := filepath.Join(home, "syslog")
	log := filepath.Join(home, "maillog")
	writeLog(t, socket, log)
	// In the relay's mount namespace, /dev contains the socket to which Postfix logs.
	script := `set -e
mount --make-rprivate /
mount -t proc proc /proc
mkdir -p "$1/dev"
mount -t tmpfs tmpfs "$1/dev"
for name in null zero random urandom; do
  touch "$1/dev/$name"
  mount --bind "/dev/$name" "$1/dev/$name"
done
touch "$1/dev/log"
mount --bind "$1/syslog" "$1/dev/log"
ln -s /proc/self/fd "$1/dev/fd"
mount --rbind "$1/dev" /dev
postfix -c "$1/etc" start-fg &
wait $!
`
	r.process = process{
		name: name, log: log, greets: loopback(port), dir: "/",
		argv:   []string{"/bin/sh", "-c", script, name, home},
		spaces: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS,
	}
	return r
}

// option returns the value of the worker's option --relay for this relay.
func (r *relay) option() string {
	return fmt.Sprintf("%s=%s,%s", r.name, r.greets, r.log)
}

// waiting reports whether the relay has mails in its queue.
func (r *relay) waiting(t *testing.T) bool {
	t.Helper()
	return run(t, "postqueue", "-c", r.etc, "-j") != ""
}

// about returns the lines of the relay's log that contain a queue id or a Message-ID. The relay
// of a mail that no relay has got is nil.
func (r *relay) about(id string) string {
	if r == nil {
		return "no relay"
	}
	var lines []string
	for line := range strings.Lines(readFile(r.log)) {
		if strings.Contains(line, id) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

// writeLog listens at a socket for the messages that programs send with syslog(3), and
// appends them to a file.
func writeLog(t *testing.T, socket, name string) {
	t.Helper()
	file, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	must(t, err)
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	must(t, err)
	must(t, os.Chmod(socket, 0o666))
	done := make(chan struct{})
	t.Cleanup(func() { l.Close(); <-done; file.Close() })
	go func() {
		defer close(done)
		for text := make([]byte, 64<<10); ; {
			n, err := l.Read(text)
			if err != nil {
				return
			}
			_, line, _ := bytes.Cut(text[:n], []byte(">")) // without the priority
			_, _ = file.Write(append(bytes.TrimRight(line, "\n\x00"), '\n'))
		}
	}()
}

// arrival is one delivery of a mail.
type arrival struct {
	relay, queueID string
	at             time.Time
}

// sink is the server to which the relays deliver. It counts the mails by their Message-ID.
type sink struct {
	port     int
	mu       sync.Mutex
	arrivals map[string][]arrival
	broken   []string // descriptions of mails that could not be counted
}

func newSink(t *testing.T) *sink {
	t.Helper()
	s := &sink{arrivals: map[string][]arrival{}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	s.port = l.Addr().(*net.TCPAddr).Port
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return delivery{s}, nil }))
	server.Domain = "sink.example.com"
	server.ErrorLog = log.New(io.Discard, "", 0) // ignore the broken connections of killed relays
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { server.Close() })
	return s
}

// count returns the number of different mails that have arrived.
func (s *sink) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.arrivals)
}

var received = regexp.MustCompile(`(?s)by (\S+)\.example\.com \(Postfix\) with \S+ id (\S+?)[; \r\n]`)

// delivery is a session of the sink.
type delivery struct{ sink *sink }

func (delivery) Reset()                               {}
func (delivery) Logout() error                        { return nil }
func (delivery) Mail(string, *smtp.MailOptions) error { return nil }
func (delivery) Rcpt(string, *smtp.RcptOptions) error { return nil }

func (d delivery) Data(r io.Reader) error {
	var text bytes.Buffer
	if _, err := text.ReadFrom(r); err != nil {
		return err
	}
	now := time.Now()
	d.sink.mu.Lock()
	defer d.sink.mu.Unlock()
	m, err := mail.ReadMessage(&text)
	if err != nil {
		d.sink.broken = append(d.sink.broken, err.Error())
		return nil
	}
	id, trace := m.Header.Get("Message-ID"), received.FindStringSubmatch(m.Header.Get("Received"))
	if id == "" || trace == nil {
		d.sink.broken = append(d.sink.broken, fmt.Sprint(m.Header))
		return nil
	}
	d.sink.arrivals[id] = append(d.sink.arrivals[id], arrival{trace[1], trace[2], now})
	return nil
}
