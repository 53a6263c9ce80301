// SPDX-License-Identifier: MIT

package smtp

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"testing"

	"csmtp/smtp/smtptest/certs"
	"github.com/stretchr/testify/require"
)

// sink discards mail without allocating memory, so that a benchmark measures only the
// client.
func sink(c net.Conn, ehlo string) {
	defer c.Close()
	r := bufio.NewReaderSize(c, 64<<10)
	w := bufio.NewWriterSize(c, 4<<10)
	w.WriteString("220 sink\r\n")
	for {
		if r.Buffered() == 0 && w.Flush() != nil {
			return
		}
		line, err := r.ReadSlice('\n')
		if err != nil {
			return
		}
		switch {
		case bytes.HasPrefix(line, []byte("EHLO")):
			w.WriteString(ehlo)
		case bytes.HasPrefix(line, []byte("DATA")):
			w.WriteString("354 go\r\n")
			w.Flush()
			if !discardContent(r) {
				return
			}
			w.WriteString("250 2.0.0 Ok: queued as 4XyZ12\r\n")
		case bytes.HasPrefix(line, []byte("BDAT ")):
			n := 0
			for _, d := range line[5:] {
				if !isDigit(d) {
					break
				}
				n = n*10 + int(d-'0')
			}
			if _, err := r.Discard(n); err != nil {
				return
			}
			w.WriteString("250 2.0.0 Ok: queued as 4XyZ12\r\n")
		case bytes.HasPrefix(line, []byte("QUIT")):
			w.WriteString("221 bye\r\n")
			w.Flush()
			return
		default:
			w.WriteString("250 2.1.0 Ok\r\n")
		}
	}
}

// discardContent discards a message, including the line with a single dot. It returns false if
// the connection ends first.
func discardContent(r *bufio.Reader) bool {
	end := []byte("\r\n.\r\n")
	for {
		if _, err := r.Peek(len(end)); err != nil {
			return false
		}
		p, _ := r.Peek(r.Buffered())
		if i := bytes.Index(p, end); i >= 0 {
			_, err := r.Discard(i + len(end)) // the next envelope may follow the dot
			return err == nil
		}
		if _, err := r.Discard(len(p) - len(end) + 1); err != nil {
			return false
		}
	}
}

const (
	sinkPlain     = "250-sink\r\n250-SIZE\r\n250 8BITMIME\r\n"
	sinkPipelined = "250-sink\r\n250-PIPELINING\r\n250-CHUNKING\r\n250-SIZE\r\n250 8BITMIME\r\n"
)

func sinkSession(tb testing.TB, ehlo string, useTLS bool) *Session {
	server := serve(tb, func(c net.Conn) {
		if useTLS {
			c = tls.Server(c, &tls.Config{Certificates: []tls.Certificate{certs.New().Issue(certs.Good)}})
		}
		sink(c, ehlo)
	})
	cfg := &Config{Servers: []Server{server}}
	if useTLS {
		cfg.Security = ImplicitTLS
		cfg.TLS.InsecureSkipVerify = true
	}
	s, err := Dial(context.Background(), cfg)
	require.NoError(tb, err)
	tb.Cleanup(func() { s.Close() })
	return s
}

// blocks is a message of base64 lines. Its value is the number of blocks of about 16 KiB
// each.
type blocks int

var block = []byte(strings.Repeat(strings.Repeat("QUJD", 19)+"\r\n", 210))

func (b blocks) WriteTo(w io.Writer) (n int64, err error) {
	for range b {
		m, err := w.Write(block)
		n += int64(m)
		if err != nil {
			return n, err
		}
	}
	return n, nil
}
func (b blocks) Size() int64 { return int64(b) * int64(len(block)) }

func BenchmarkSend(b *testing.B) {
	kilobyte := text(strings.Repeat("A line of ordinary text, as people write it.....................\r\n", 16))
	one := []Recipient{{Address: "bob@test.example"}}
	for _, bench := range []struct {
		name string
		ehlo string
		tls  bool
		env  Envelope
		msg  Message
		size int64
	}{
		{"1KB/stepwise", sinkPlain, false, Envelope{}, kilobyte, 0},
		{"1KB/pipelined", sinkPipelined, false, Envelope{}, kilobyte, 0},
		{"1KB/BDAT", sinkPipelined, false, Envelope{Chunking: true}, kilobyte, 0},
		{"1KB/TLS", sinkPipelined, true, Envelope{}, kilobyte, 0},
		{"32MB/DATA", sinkPipelined, false, Envelope{}, blocks(2000), blocks(2000).Size()},
		{"32MB/BDAT", sinkPipelined, false, Envelope{Chunking: true}, blocks(2000), blocks(2000).Size()},
		{"32MB/TLS", sinkPipelined, true, Envelope{}, blocks(2000), blocks(2000).Size()},
	} {
		b.Run(bench.name, func(b *testing.B) {
			s := sinkSession(b, bench.ehlo, bench.tls)
			bench.env.From, bench.env.Recipients = "alice@test.example", one
			b.SetBytes(bench.size)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Send(&bench.env, bench.msg); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSendBatch measures batches of 100 mails. Each mail has 1 KB.
func BenchmarkSendBatch(b *testing.B) {
	kilobyte := text(strings.Repeat("A line of ordinary text, as people write it.....................\r\n", 16))
	for _, bench := range []struct {
		name     string
		ehlo     string
		tls      bool
		chunking bool
	}{
		{"stepwise", sinkPlain, false, false},
		{"DATA", sinkPipelined, false, false},
		{"BDAT", sinkPipelined, false, true},
		{"TLS/DATA", sinkPipelined, true, false},
		{"TLS/BDAT", sinkPipelined, true, true},
	} {
		b.Run(bench.name, func(b *testing.B) {
			s := sinkSession(b, bench.ehlo, bench.tls)
			mails := make([]Mail, 100)
			for i := range mails {
				mails[i] = Mail{&Envelope{From: "alice@test.example", Chunking: bench.chunking,
					Recipients: []Recipient{{Address: "bob@test.example"}}}, kilobyte}
			}
			b.ReportAllocs()
			for b.Loop() {
				for _, d := range s.SendBatch(mails) {
					if d.Err != nil {
						b.Fatal(d.Err)
					}
				}
			}
			b.ReportMetric(float64(b.N*len(mails))/b.Elapsed().Seconds(), "mails/s")
		})
	}
}

// A mail on an open session must allocate almost no memory.
func TestAllocationsPerMail(t *testing.T) {
	env := &Envelope{From: "alice@test.example", Recipients: []Recipient{{Address: "bob@test.example"}}}
	for _, ehlo := range []string{sinkPlain, sinkPipelined} {
		s := sinkSession(t, ehlo, false)
		msg := Message(text("Subject: x\r\n\r\nHello\r\n"))
		n := testing.AllocsPerRun(200, func() {
			_, err := s.Send(env, msg)
			require.NoError(t, err)
		})
		require.LessOrEqual(t, n, 5.0)
		for _, chunking := range []bool{false, true} {
			mails := make([]Mail, 50)
			for i := range mails {
				own := *env
				own.Chunking = chunking
				mails[i] = Mail{&own, msg}
			}
			n = testing.AllocsPerRun(20, func() { s.SendBatch(mails) })
			require.LessOrEqual(t, n/50, 5.0)
		}
	}
}
