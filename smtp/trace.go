// SPDX-License-Identifier: MIT

package smtp

import (
	"bytes"
	"fmt"
	"strings"
)

// mask stands for what must not be read by anybody.
const mask = "****"

// traceCommand tells Trace a command, without its secret part.
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

func (s *Session) traceReply(line []byte) {
	// A challenge of a login can hold what the mechanism keeps from listeners.
	if s.inAuth && bytes.HasPrefix(line, []byte("334 ")) && len(line) > 4 {
		s.cfg.Trace(ServerLine, "334 "+mask)
		return
	}
	s.cfg.Trace(ServerLine, visible(line))
}

func (s *Session) event(format string, a ...any) {
	if s.cfg.Trace != nil {
		s.cfg.Trace(Event, fmt.Sprintf(format, a...))
	}
}
