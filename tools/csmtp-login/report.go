// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"runtime"
	"strings"
)

// report prints the lines for the configuration file.
func (p *program) report(s *settings) {
	p.say("The tokens are in %s. Put these lines into the file that CSMTP_CONFIG names:\n", s.config.TokenFile)
	server := s.server
	if server == "" {
		server = "*"
	}
	fmt.Fprintf(p.out, "[%s]\n", server)
	switch {
	case s.transport != "smtp":
		fmt.Fprintf(p.out, "transport = %s\n", s.transport)
		if s.endpoint != "" {
			fmt.Fprintf(p.out, "transport-endpoint = %s\n", s.endpoint)
		}
	case s.server != "":
		fmt.Fprintf(p.out, "port = 587\nsecurity = starttls\n")
	}
	fmt.Fprintf(p.out, "authenticate = yes\nlogin = %s\noauth2-token-file = %s\n", s.config.Account, s.config.TokenFile)
	if s.server != "" && s.transport == "smtp" {
		p.say("\nTo test the login: csmtp-doctor --oauth2-token-file %s %s %s", quoted(s.config.TokenFile), s.server, quoted(s.config.Account))
	}
}

// quoted returns s as an argument for a shell.
func quoted(s string) string {
	plain := !strings.ContainsFunc(s, func(r rune) bool {
		return r < 0x80 && !strings.ContainsRune("@._+-/:", r) && (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z')
	})
	switch {
	case plain:
		return s
	case runtime.GOOS == "windows":
		return `"` + s + `"`
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
