// SPDX-License-Identifier: MIT

// Command smtptestd runs the servers of package smtptest for programs that are
// not written in Go.
//
//	smtptestd -dir DIR [options]
//
// is a mail server on free ports of the loopback interface. When it listens it
// writes DIR/ready, lines of key=value that a shell can source:
//
//	host=127.0.0.1
//	port=40001           in clear, STARTTLS offered
//	tls_port=40002       implicit TLS
//	unix=PATH            with -unix
//	ca=DIR/ca.pem        the throw-away authority to trust
//	mail=DIR/mail        where mails come: 1.eml with 1.json, 2.eml ...
//	sessions=DIR/sessions.jsonl   a line of JSON for each session that ended
//	pid=4711
//
// It prints the dialogue of each session as it ends, secrets masked, and with
// -show the mails it brought. It ends on SIGTERM or SIGINT, with -stdin at the
// end of standard input, with -for after a time, with -deliver-count after so
// many mails, always with status 0.
//
//	smtptestd -dir DIR -script FILE [-mode whole|line|byte]
//
// plays one transcript (see package smtptest) and ends with status 0 when the
// client kept to it; else it prints where the client left it and ends with
// status 1. DIR/ready then holds host, port, ca, mail and pid, and content the
// client sent is in DIR/mail. Status 2 is a mistake in the arguments.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

const (
	statusKept = iota
	statusLeft
	statusUsage
)

// run is main without the process.
func run(ctx context.Context, args []string, in io.Reader, out, complaints io.Writer) int {
	s, err := parse(args, complaints)
	if errors.Is(err, flag.ErrHelp) {
		return statusKept
	}
	if err == nil {
		err = s.prepare()
	}
	if err != nil {
		fmt.Fprintln(complaints, "smtptestd:", err)
		return statusUsage
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if s.limit > 0 {
		ctx, cancel = context.WithTimeout(ctx, s.limit)
		defer cancel()
	}
	if s.stdin {
		go func() {
			io.Copy(io.Discard, in)
			cancel()
		}()
	}
	if s.script != "" {
		err = s.play(ctx, out)
	} else {
		err = s.serve(ctx, out)
	}
	if err != nil {
		fmt.Fprintln(complaints, "smtptestd:", err)
		return statusLeft
	}
	return statusKept
}

// ready tells whoever waits that the server listens: the file appears whole.
func (s *settings) ready(lines ...string) error {
	coming := s.path("ready.coming")
	text := "host=" + s.options.Host + "\n"
	for _, line := range lines {
		text += line + "\n"
	}
	text += fmt.Sprintf("ca=%s\nmail=%s\npid=%d\n", s.path("ca.pem"), s.path("mail"), os.Getpid())
	if err := os.WriteFile(coming, []byte(text), 0o644); err != nil {
		return err
	}
	return os.Rename(coming, s.path("ready"))
}

// forever is longer than any test.
const forever = 24 * time.Hour
