// SPDX-License-Identifier: MIT

package smtptest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Fault describes what a MailServer does at a step of the dialogue instead of sending the right
// reply.
type Fault struct {
	// Step is "greeting", "TLS", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT",
	// "DATA", "body", "end of data", "RSET", "NOOP" or "QUIT", or "" for a
	// fault that applies to the whole session.
	Step string
	// Do says what the server does. At a step, "close" and "reset" close and reset the
	// connection; "stall" neither reads nor writes any more; "421" sends a reply with this
	// code and closes the connection; "garble" sends a line that is not a reply; a reply
	// such as "452 4.3.1 Disk full" or "250-a\r\n250 b" is sent as it is. Without a step,
	// "byte" writes each octet separately; "latency 20ms" waits before each write; "close
	// after 2" and "421 after 2" end the session at the first command after two mails.
	Do string
	// Octets is the number of octets of the right reply that are sent before "close",
	// "reset" or "stall". At the step "body", it is the number of octets of content,
	// including the dot-stuffing, that are read before the fault.
	Octets int
	// The fault occurs only at the Nth occurrence of the step, counted from 1 over all
	// sessions; 0 means each occurrence.
	Nth int

	seen int
}

var faultSteps = []string{"greeting", "TLS", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "body", "end of data", "RSET", "NOOP", "QUIT"}

// ParseFault parses a text of the form "STEP[#NTH][+OCTETS]: DO" or, for a fault without a step,
// "DO": for example "end of data#1: close", "body+100: reset" or "byte".
func ParseFault(text string) (Fault, error) {
	step, do, found := strings.Cut(text, ": ")
	if !found {
		f := Fault{Do: text}
		return f, f.check()
	}
	f := Fault{Do: do}
	if at := strings.IndexAny(step, "#+"); at >= 0 {
		for rest := step[at:]; rest != ""; {
			var n, used int
			if _, err := fmt.Sscanf(rest[1:], "%d", &n); err != nil {
				return f, fmt.Errorf("fault %q: want a number after %q", text, rest[:1])
			}
			if rest[0] == '#' {
				f.Nth = n
			} else {
				f.Octets = n
			}
			used = strings.IndexAny(rest[1:], "#+")
			if used < 0 {
				break
			}
			rest = rest[1+used:]
		}
		step = step[:at]
	}
	f.Step = step
	return f, f.check()
}

func (f *Fault) check() error {
	if f.Step == "" {
		if _, ok := f.after("close after "); ok {
			return nil
		}
		if _, ok := f.after("421 after "); ok {
			return nil
		}
		if f.Do == "byte" || f.latency() > 0 {
			return nil
		}
		return fmt.Errorf("fault %q: want \"byte\", \"latency 20ms\", \"close after N\" or \"421 after N\", or a step before a colon", f.Do)
	}
	if !slices.Contains(faultSteps, f.Step) {
		return fmt.Errorf("fault at unknown step %q; known steps are %s", f.Step, strings.Join(faultSteps, ", "))
	}
	switch f.Do {
	case "close", "reset", "stall", "421", "garble":
		return nil
	}
	if len(f.Do) < 4 || f.Do[0] < '1' || f.Do[0] > '9' {
		return fmt.Errorf("fault %q: want close, reset, stall, 421, garble or a reply", f.Do)
	}
	return nil
}

func (f *Fault) after(prefix string) (n int, ok bool) {
	text, is := strings.CutPrefix(f.Do, prefix)
	if !is {
		return 0, false
	}
	_, err := fmt.Sscanf(text, "%d", &n)
	return n, err == nil && n > 0
}

func (f *Fault) latency() time.Duration {
	text, _ := strings.CutPrefix(f.Do, "latency ")
	d, _ := time.ParseDuration(text)
	return d
}
