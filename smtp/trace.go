// SPDX-License-Identifier: MIT

package smtp

import (
	"bytes"
	"fmt"
	"strings"

	"csmtp/smtp/secret"
)

// mask replaces secrets.
const mask = secret.Mask

// SetTrace replaces Config.Trace; nil ends the tracing.
func (s *Session) SetTrace(trace func(d Direction, line string)) {
	s.cfg.Trace, s.onLine = trace, nil
	if trace != nil {
		s.onLine = s.traceReply
	}
}

// traceCommand calls Trace for a command, with its secret part masked. If 'secret' is true, the
// whole line is secret.
func (s *Session) traceCommand(line []byte, secret bool) {
	if s.cfg.Trace == nil {
		return
	}
	text := visible(line)
	if secret {
		text = mask
	} else if len(text) >= 5 && strings.EqualFold(text[:5], "AUTH ") {
		if name, _, found := strings.Cut(text[5:], " "); found {
			text = text[:5] + name + " " + mask
		}
	}
	s.cfg.Trace(ClientLine, text)
}

// traceReply calls Trace for a line of a reply. If there are secrets, it first waits
// for the last line, since a secret may be split over several lines.
func (s *Session) traceReply(line []byte) {
	// A challenge may contain data that others must not read.
	if s.inAuth && bytes.HasPrefix(line, []byte("334")) && len(line) > 4 {
		line = append(bytes.Clone(line[:4]), mask...)
	}
	if s.cfg.Secrets == nil {
		s.cfg.Trace(ServerLine, s.raw.shown(line))
		return
	}
	s.heard = append(s.heard, string(line))
	if _, more, _, ok := parseReplyLine(line); !ok || !more {
		s.traceHeard()
	}
}

// traceHeard calls Trace for the lines of a reply that have arrived. It removes the codes
// before it searches for secrets, since a secret may be split over several lines, with
// codes between its parts.
func (s *Session) traceHeard() {
	if len(s.heard) == 0 {
		return
	}
	codes, texts := make([]string, len(s.heard)), make([]string, len(s.heard))
	for i, line := range s.heard {
		text := []byte(line)
		if code, _, rest, ok := parseReplyLine(text); ok {
			_, text = parseEnhanced(code, rest)
		}
		codes[i], texts[i] = line[:len(line)-len(text)], string(text)
	}
	s.heard = s.heard[:0]
	if s.cfg.Trace == nil {
		return
	}
	for i, text := range s.raw.shownLines(texts) {
		s.cfg.Trace(ServerLine, Visible(s.raw.utf8(codes[i])+text))
	}
}

// event calls Trace for an Event.
func (s *Session) event(format string, a ...any) { s.cfg.event(format, a...) }

func (c *Config) event(format string, a ...any) {
	if c.Trace != nil {
		c.Trace(Event, Visible(fmt.Sprintf(format, a...)))
	}
}
