// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// escaped returns a pattern for filepath.Glob that matches only this folder.
func escaped(folder string) string {
	if os.PathSeparator == '\\' {
		return folder // on Windows, \ is not an escape character in a pattern
	}
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(folder)
}

// writeReady writes the file that shows that the server listens. The file consists of
// KEY=VALUE lines. Only the user can read it, because it contains the token of the HTTP
// interface.
func (s *settings) writeReady(i *instance) error {
	path := s.ready
	if path == "" {
		path = filepath.Join(s.dir, "ready")
	}
	host := s.options.Host
	var b strings.Builder
	fmt.Fprintf(&b, "host=%s\nport=%d\ntls_port=%d\n", host, i.smtp.Port(), i.smtp.TLSPort())
	if s.options.UnixSocket != "" {
		fmt.Fprintf(&b, "unix=%s\n", s.options.UnixSocket)
	}
	fmt.Fprintf(&b, "ca=%s\n", s.caFile)
	if s.options.Folder != "" {
		fmt.Fprintf(&b, "mail=%s\n", s.options.Folder)
	}
	fmt.Fprintf(&b, "sessions=%s\nhttp=%s\npid=%d\n", filepath.Join(s.dir, "sessions.jsonl"), i.url, os.Getpid())
	return writeFile(path, []byte(b.String()), 0o600)
}

// announce prints the addresses at which the server listens and the default login, unless
// --quiet is set.
func (i *instance) announce() {
	if i.quiet {
		return
	}
	fmt.Fprintf(i.out, "SMTP with STARTTLS: %s\nSMTP with TLS:      %s\n", i.smtp.Addr(), i.smtp.TLSAddr())
	if i.options.UnixSocket != "" {
		fmt.Fprintf(i.out, "Unix socket:        %s\n", i.options.UnixSocket)
	}
	fmt.Fprintf(i.out, "CA file:            %s\nInbox:              %s\n", i.caFile, i.url)
	if i.options.Users == nil && !i.options.NoAuth {
		fmt.Fprintf(i.out, "Login:              alice@test.example, password \"s3cret pass\"\n")
	}
}

// showMails prints the mails of one session. It shortens long content.
func (i *instance) showMails(session int) {
	const most = 16 << 10
	for _, m := range i.mails.Mails() {
		if m.Session != session {
			continue
		}
		var to []string
		for _, r := range m.Recipients {
			to = append(to, "<"+r.Address+">")
		}
		fmt.Fprintf(i.out, "=== mail %d, from <%s> to %s, %d octets\n", m.Number, m.From, strings.Join(to, " "), m.Size)
		if i.options.Discard {
			continue
		}
		text, err := i.mails.Raw(m.Number)
		if err != nil {
			fmt.Fprintln(i.out, "*", err)
			continue
		}
		shown := text[:min(len(text), most)]
		io.WriteString(i.out, strings.Map(harmless, strings.ReplaceAll(string(shown), "\r\n", "\n")))
		if len(text) > most {
			fmt.Fprintf(i.out, "\n* %d more octets\n", len(text)-most)
		}
	}
}

// harmless replaces a control character, which could otherwise control the terminal.
func harmless(r rune) rune {
	if r < ' ' && r != '\n' && r != '\t' || r >= 0x7F && r < 0xA0 {
		return '\uFFFD'
	}
	return r
}
