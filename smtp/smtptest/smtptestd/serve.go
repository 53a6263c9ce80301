// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"csmtp/smtp/smtptest"
)

// serve runs the mail server until ctx ends or enough mails have been received.
func (s *settings) serve(ctx context.Context, out io.Writer) error {
	log, err := os.Create(s.path("sessions.jsonl"))
	if err != nil {
		return err
	}
	defer log.Close()
	var server *smtptest.MailServer
	var mu sync.Mutex // prevents reports of sessions from being mixed
	started := make(chan struct{})
	s.options.Ended = func(r smtptest.SessionRecord) {
		<-started
		mu.Lock()
		defer mu.Unlock()
		if err := json.NewEncoder(log).Encode(r); err != nil {
			fmt.Fprintln(out, "* sessions.jsonl:", err)
		}
		if !s.quiet {
			fmt.Fprintf(out, "=== session %d\n%s", r.Number, r.Dialogue.String())
		}
		if s.show {
			s.showMails(out, server, r.Number)
		}
	}
	if server, err = smtptest.NewMailServer(s.options); err != nil {
		return err
	}
	close(started)
	defer server.Close()
	lines := []string{
		fmt.Sprintf("port=%d", server.Port()),
		fmt.Sprintf("tls_port=%d", server.TLSPort()),
		"sessions=" + s.path("sessions.jsonl"),
	}
	if s.options.UnixSocket != "" {
		lines = append(lines, "unix="+s.options.UnixSocket)
	}
	if err := s.ready(lines...); err != nil {
		return err
	}
	enough := make(chan struct{})
	if s.count > 0 {
		go func() {
			if server.WaitIdle(s.count, forever) == nil {
				close(enough)
			}
		}()
	}
	select {
	case <-ctx.Done():
	case <-enough:
	}
	return nil
}

// showMails prints the mails of one session. It shortens long content.
func (s *settings) showMails(out io.Writer, server *smtptest.MailServer, session int) {
	const most = 16 << 10
	for _, m := range server.Mails() {
		if m.Session != session {
			continue
		}
		var to []string
		for _, r := range m.Recipients {
			to = append(to, "<"+r.Address+">")
		}
		fmt.Fprintf(out, "=== mail %d, from <%s> to %s, %d octets\n", m.Number, m.From, strings.Join(to, " "), m.Size)
		if s.options.Discard {
			continue
		}
		file, err := os.Open(filepath.Join(s.options.Folder, fmt.Sprint(m.Number)+".eml"))
		if err != nil {
			fmt.Fprintln(out, "*", err)
			continue
		}
		text, err := io.ReadAll(io.LimitReader(file, most))
		file.Close()
		if err != nil {
			fmt.Fprintln(out, "*", err)
		}
		io.WriteString(out, strings.Map(harmless, strings.ReplaceAll(string(text), "\r\n", "\n")))
		if m.Size > most {
			fmt.Fprintf(out, "\n* %d more octets\n", m.Size-most)
		}
	}
}

// harmless replaces control characters, which could control a terminal.
func harmless(r rune) rune {
	if r < ' ' && r != '\n' && r != '\t' || r >= 0x7F && r < 0xA0 {
		return '\uFFFD'
	}
	return r
}

// play plays one transcript.
func (s *settings) play(ctx context.Context, out io.Writer) error {
	script, err := smtptest.Load(s.script)
	if err != nil {
		return err
	}
	s.options.Host = "127.0.0.1" // Start listens there
	server, err := script.Start(s.mode)
	if err != nil {
		return err
	}
	if err := s.ready(fmt.Sprintf("port=%d", server.Port())); err != nil {
		server.Close()
		return err
	}
	result := make(chan error, 1)
	go func() { result <- server.Wait() }()
	select {
	case err = <-result:
	case <-ctx.Done():
		server.Close()
		err = errors.New("stopped before the end of the script")
	}
	for i, data := range server.Data() {
		if err := os.WriteFile(s.path(fmt.Sprintf("mail/%d.eml", i+1)), data, 0o644); err != nil {
			return err
		}
	}
	if !s.quiet {
		io.WriteString(out, server.Dialogue())
	}
	return err
}
