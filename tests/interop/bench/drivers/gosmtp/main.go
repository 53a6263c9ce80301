// SPDX-License-Identifier: MIT

// Command gosmtp sends with a client written in Go: mode is "csmtp" (package smtp),
// "netsmtp" or "gomail". It takes the same arguments as the drivers in C. It prints the
// same results, and also the number of allocations.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
)

const (
	user   = "bench"
	secret = "not much of a secret"
	from   = "sender@bench.example"
	name   = "client.bench.example"

	subject = "A mail of about one kilobyte"
	line    = "All happy families are alike; each unhappy one is so in its way.\r\n"
	lines   = 11
)

type options struct {
	port, mails, sessions, recipients int
	fresh, starttls, login            bool
	ca, file, message, mode           string
}

// client sends mails over one session.
type client interface {
	open() error
	send() error
	close() error
}

func main() {
	o, err := parse(os.Args[1:])
	if err == nil {
		err = run(o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gosmtp:", err)
		os.Exit(1)
	}
}

func parse(words []string) (*options, error) {
	o := &options{mails: 1, sessions: 1, recipients: 1}
	for _, word := range words {
		name, value, _ := strings.Cut(word, "=")
		number, _ := strconv.Atoi(value)
		switch name {
		case "port":
			o.port = number
		case "mails":
			o.mails = number
		case "sessions":
			o.sessions = number
		case "recipients":
			o.recipients = number
		case "fresh":
			o.fresh = number == 1
		case "starttls":
			o.starttls = number == 1
		case "login":
			o.login = number == 1
		case "ca":
			o.ca = value
		case "file":
			o.file = value
		case "message":
			o.message = value
		case "mode":
			o.mode = value
		default:
			return nil, fmt.Errorf("unknown option %q", word)
		}
	}
	return o, nil
}

func run(o *options) error {
	var message []byte
	if o.message != "" {
		var err error
		if message, err = os.ReadFile(o.message); err != nil {
			return err
		}
	}
	makers := map[string]func(*options, []byte, *tls.Config) client{
		"csmtp": newCSmtp, "netsmtp": newNetSMTP, "gomail": newGoMail,
	}
	maker, ok := makers[o.mode]
	if !ok {
		return fmt.Errorf("unknown mode %q: use csmtp, netsmtp or gomail", o.mode)
	}
	var config *tls.Config
	if o.starttls {
		roots := x509.NewCertPool()
		pem, err := os.ReadFile(o.ca)
		if err != nil {
			return err
		}
		roots.AppendCertsFromPEM(pem)
		config = &tls.Config{RootCAs: roots, ServerName: "127.0.0.1", ClientSessionCache: tls.NewLRUClientSessionCache(0)}
	}
	clients := make([]client, o.sessions)
	for i := range clients {
		clients[i] = maker(o, message, config)
		if !o.fresh {
			if err := clients[i].open(); err != nil {
				return err
			}
		}
	}
	allocations, err := sendAll(o, clients)
	if err != nil {
		return err
	}
	total := o.mails * o.sessions
	fmt.Printf("mails=%d allocations=%.1f\n", total, float64(allocations)/float64(total))
	return nil
}

// sendAll sends all mails and returns the number of allocations.
func sendAll(o *options, clients []client) (uint64, error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	failed := make([]error, len(clients))
	var wg sync.WaitGroup
	for i, c := range clients {
		wg.Add(1)
		go func() {
			defer wg.Done()
			failed[i] = send(o, c)
		}()
	}
	wg.Wait()
	runtime.ReadMemStats(&after)
	for _, c := range clients {
		if !o.fresh {
			failed = append(failed, c.close())
		}
	}
	return after.Mallocs - before.Mallocs, errors.Join(failed...)
}

func send(o *options, c client) error {
	for range o.mails {
		if o.fresh {
			if err := c.open(); err != nil {
				return err
			}
		}
		if err := c.send(); err != nil {
			return err
		}
		if o.fresh {
			if err := c.close(); err != nil {
				return err
			}
		}
	}
	return nil
}

func recipients(o *options) []string {
	to := make([]string, o.recipients)
	for i := range to {
		to[i] = fmt.Sprintf("recipient%d@bench.example", i)
	}
	return to
}
