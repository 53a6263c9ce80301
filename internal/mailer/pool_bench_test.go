// SPDX-License-Identifier: MIT

package mailer

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"csmtp/smtp"
	"csmtp/smtp/message"
)

// discard accepts mails and discards them.
func discard(c net.Conn) {
	defer c.Close()
	r, w := bufio.NewReader(c), bufio.NewWriter(c)
	w.WriteString("220 sink\r\n")
	data := false
	for {
		if r.Buffered() == 0 {
			w.Flush()
		}
		line, err := r.ReadSlice('\n')
		switch {
		case err != nil:
			return
		case data:
			if string(line) == ".\r\n" {
				data = false
				w.WriteString("250 2.0.0 Ok: queued as 123456789A\r\n")
			}
			continue
		}
		switch strings.ToUpper(string(line[:4])) {
		case "EHLO":
			w.WriteString("250-sink\r\n250-8BITMIME\r\n250 PIPELINING\r\n")
		case "DATA":
			data = true
			w.WriteString("354 Go on\r\n")
		case "QUIT":
			w.WriteString("221 Bye\r\n")
			w.Flush()
			return
		default:
			w.WriteString("250 Ok\r\n")
		}
	}
}

// sinkPort returns the port of a server on this computer: the port in the environment
// variable RELAY_PORT if it is set; else that of Postfix's smtp-sink if it is installed; or
// else that of a server in this process. smtp-sink is preferred because it is a process of
// its own, so that only the CPU time of the client is measured.
func sinkPort(b *testing.B) int {
	if port, err := strconv.Atoi(os.Getenv("RELAY_PORT")); err == nil {
		return port
	}
	if program, err := exec.LookPath("smtp-sink"); err == nil {
		return postfixSink(b, program)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go discard(c)
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

func postfixSink(b *testing.B, program string) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	arguments := []string{"-4", address, "100"}
	if os.Getuid() == 0 {
		arguments = append([]string{"-u", "nobody"}, arguments...)
	}
	sink := exec.Command(program, arguments...)
	if err := sink.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		sink.Process.Kill()
		sink.Wait()
	})
	for range 500 {
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			return port
		}
		time.Sleep(10 * time.Millisecond)
	}
	b.Fatal("smtp-sink does not listen")
	return 0
}

// BenchmarkThroughput compares a pool with goroutines that use package smtp directly. There
// are as many goroutines as the pool has sessions. In the benchmarks named smtp, each goroutine
// builds its mails. In those named queue, it takes them from a queue that one goroutine
// fills, as the queue of a pool is filled.
//
//	go test ./internal/mailer -run '^$' -bench Throughput -benchtime 5000x
func BenchmarkThroughput(b *testing.B) {
	for _, sessions := range []int{1, 4, 8, 32} {
		b.Run(fmt.Sprintf("pool/%d", sessions), func(b *testing.B) { benchmarkPool(b, sessions) })
		b.Run(fmt.Sprintf("smtp/%d", sessions), func(b *testing.B) { benchmarkSMTP(b, sessions) })
		b.Run(fmt.Sprintf("queue/%d", sessions), func(b *testing.B) { benchmarkQueue(b, sessions) })
	}
}

func benchmarkPool(b *testing.B, sessions int) {
	relay := New()
	defer Free(relay)
	Call(relay, func(m *Mailer) error { return m.SetSMTPServer("127.0.0.1", uint16(sinkPort(b)), false) })
	h := NewPool()
	defer Free(h)
	PoolDo(h, func(p *Pool) error { return p.AddRelay(relay, "") })
	PoolDo(h, func(p *Pool) error { return p.SetSessions(0, uint32(sessions)) })
	mail := New()
	defer Free(mail)
	Call(mail, func(m *Mailer) error { return m.SetSenderMail("alice@test.example") })
	Call(mail, func(m *Mailer) error { return m.AddRecipient("bob@test.example", "Bob") })
	Call(mail, func(m *Mailer) error { return m.SetSubject("A subject") })
	Call(mail, func(m *Mailer) error { return m.AddMsgLine(strings.Repeat("Hello. ", 100)) })
	defer reportCPU(b)()
	b.ResetTimer()
	for b.Loop() {
		if n := PoolDo(h, func(p *Pool) error { _, err := p.Submit(mail, "", -1, nil); return err }); n != NoError {
			b.Fatal(n)
		}
	}
	PoolDo(h, func(p *Pool) error { return p.Wait(time.Minute) })
	if sent := PoolValue(h, func(p *Pool) (int, error) { return p.GetCount(0, countSent) }); sent < b.N {
		b.Fatalf("%d of %d mails were sent", sent, b.N)
	}
}

func benchmarkSMTP(b *testing.B, sessions int) {
	mails := make(chan struct{}, 1000)
	benchmarkSessions(b, sessions, func() { mails <- struct{}{} }, func() { close(mails) }, func(send func(*message.Rendered) error) error {
		for range mails {
			built, err := benchmarkMail()
			if err == nil {
				err = send(built)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func benchmarkQueue(b *testing.B, sessions int) {
	mails := make(chan *message.Rendered, 1000)
	submit := func() {
		built, err := benchmarkMail()
		if err != nil {
			b.Fatal(err)
		}
		mails <- built
	}
	benchmarkSessions(b, sessions, submit, func() { close(mails) }, func(send func(*message.Rendered) error) error {
		for built := range mails {
			if err := send(built); err != nil {
				return err
			}
		}
		return nil
	})
}

func benchmarkMail() (*message.Rendered, error) {
	m := message.Message{From: []message.Address{{Mail: "alice@test.example"}}, To: []message.Address{{Name: "Bob", Mail: "bob@test.example"}},
		Subject: "A subject", Lines: []string{strings.Repeat("Hello. ", 100)}}
	return m.Render(message.Options{})
}

// benchmarkSessions runs 'worker' once for each session, each on its own goroutine. It calls
// 'submit' for each mail, and 'end' after the last mail.
func benchmarkSessions(b *testing.B, sessions int, submit, end func(), worker func(send func(*message.Rendered) error) error) {
	config := &smtp.Config{Servers: []smtp.Server{{Host: "127.0.0.1", Port: sinkPort(b)}}}
	var all sync.WaitGroup
	for range sessions {
		all.Go(func() {
			s, err := smtp.Dial(context.Background(), config)
			if err != nil {
				b.Error(err)
				return
			}
			defer s.Quit()
			if err := worker(func(m *message.Rendered) error {
				_, err := s.Send(&smtp.Envelope{From: "alice@test.example", Recipients: []smtp.Recipient{{Address: "bob@test.example"}}}, m)
				return err
			}); err != nil {
				b.Error(err)
			}
		})
	}
	defer reportCPU(b)()
	b.ResetTimer()
	for b.Loop() {
		submit()
	}
	end()
	all.Wait()
}

// BenchmarkEvents compares a pool without an event callback with a pool that has one:
//
//	go test ./internal/mailer -run '^$' -bench Events -benchtime 20000x
func BenchmarkEvents(b *testing.B) {
	for name, callback := range map[string]func(*Event){"none": nil, "callback": func(*Event) {}} {
		b.Run(name, func(b *testing.B) {
			relay, mail, h := New(), New(), NewPool()
			defer Free(relay)
			defer Free(mail)
			defer Free(h)
			port := uint16(sinkPort(b))
			for _, set := range []func(*Mailer) error{
				func(m *Mailer) error { return m.SetSenderMail("alice@test.example") },
				func(m *Mailer) error { return m.AddRecipient("bob@test.example", "") },
				func(m *Mailer) error { return m.AddMsgLine("Hello.") },
			} {
				if Call(mail, set) != NoError {
					b.Fatal("the mail cannot be composed")
				}
			}
			Call(relay, func(m *Mailer) error { return m.SetSMTPServer("127.0.0.1", port, false) })
			PoolDo(h, func(p *Pool) error { return p.AddRelay(relay, "") })
			PoolDo(h, func(p *Pool) error { return p.SetEventCallback(callback) })
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				PoolDo(h, func(p *Pool) error {
					_, err := p.Submit(mail, "", -1, nil)
					return err
				})
			}
			if PoolDo(h, func(p *Pool) error { return p.Wait(-1) }) != NoError {
				b.Fatal("some mails were not sent")
			}
		})
	}
}
