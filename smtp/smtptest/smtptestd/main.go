// SPDX-License-Identifier: MIT

// Command smtptestd runs the servers of package smtptest for programs that are
// not written in Go.
//
//	smtptestd -dir DIR [options]
//
// runs a mail server on free ports of the loopback interface. When the server listens,
// smtptestd writes DIR/ready, with key=value lines that a shell can source:
//
//	host=127.0.0.1
//	port=40001           without TLS, offers STARTTLS
//	tls_port=40002       implicit TLS
//	unix=PATH            with -unix
//	ca=DIR/ca.pem        the temporary authority to trust
//	mail=DIR/mail        received mails: 1.eml and 1.json, 2.eml ...
//	sessions=DIR/sessions.jsonl   one line of JSON for each session that has ended
//	pid=4711
//
// It prints the dialogue of each session when the session ends, with secrets masked, and
// with -show also the mails received. It exits with status 0 on SIGTERM or SIGINT, with
// -stdin at the end of standard input, with -for after the given time, and with
// -deliver-count after that number of mails.
//
//	smtptestd -dir DIR -script FILE [-mode whole|line|byte]
//
// plays one transcript (see package smtptest). It exits with status 0 if the client followed
// the transcript; otherwise it prints the first difference and exits with status 1. DIR/ready
// contains host, port, ca, mail and pid. The message content that the client sent is in
// DIR/mail. If the arguments are invalid, smtptestd exits with status 2.
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
	statusOK = iota
	statusFailed
	statusUsage
)

// run runs the command and returns its exit status.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	s, err := parse(args, errOut)
	if errors.Is(err, flag.ErrHelp) {
		return statusOK
	}
	if err == nil {
		err = s.prepare()
	}
	if err != nil {
		fmt.Fprintln(errOut, "smtptestd:", err)
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
		fmt.Fprintln(errOut, "smtptestd:", err)
		return statusFailed
	}
	return statusOK
}

// ready writes the file DIR/ready. It writes a file with another name and renames it,
// so that no program reads an incomplete file.
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

// forever is a time limit that is never reached.
const forever = 24 * time.Hour
