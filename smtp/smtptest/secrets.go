// SPDX-License-Identifier: MIT

package smtptest

import (
	"bytes"
	"strings"
	"unicode"
)

// secrecy decides which lines of a client may contain a secret.
type secrecy struct {
	challenged bool // whether the last reply was a 334, so that the next line answers it
	login      bool // whether AUTH was sent and neither 235 nor another command has followed
}

// sent notes octets that the server sends.
func (s *secrecy) sent(octets []byte) {
	for line := range bytes.Lines(octets) {
		s.challenged = bytes.HasPrefix(line, []byte("334"))
		if bytes.HasPrefix(line, []byte("235 ")) {
			s.login = false
		}
	}
}

// received updates the state for a line from the client. Call shown for the line first.
func (s *secrecy) received(line string) {
	if s.challenged {
		s.challenged = false
		return
	}
	verb, _, _ := strings.Cut(line, " ")
	if _, known := commands[strings.ToUpper(verb)]; known || isAuth(line) {
		s.login = isAuth(line)
	}
}

// shown returns a client's line without secrets. During a login, every line that is not a
// command may be a response to a challenge.
func (s *secrecy) shown(line string) string {
	verb, _, _ := strings.Cut(line, " ")
	_, known := commands[strings.ToUpper(verb)]
	return masked(line, s.challenged || s.login && !known && !isAuth(line))
}

// shownAll returns several lines of a client without secrets.
func (s secrecy) shownAll(octets []byte) string {
	var all strings.Builder
	for line := range bytes.Lines(octets) {
		text := strings.TrimRight(string(line), "\r\n")
		all.WriteString(s.shown(text) + string(line[len(text):]))
		s.received(text)
	}
	return all.String()
}

func isBlank(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }

// isAuth reports whether the line begins with AUTH. It includes malformed commands, such
// as one with a tab after the verb.
func isAuth(line string) bool {
	line = strings.TrimLeftFunc(line, isBlank)
	return len(line) >= 4 && strings.EqualFold(line[:4], "AUTH")
}

// masked returns a client's line with its secret replaced: the initial response of AUTH,
// or the whole response to a challenge.
func masked(line string, answersChallenge bool) string {
	if answersChallenge {
		switch line {
		case "", "*", "=":
			return line
		}
		return "****"
	}
	if !isAuth(line) {
		return line
	}
	words := strings.FieldsFunc(line, isBlank)
	public := 1 // words that are shown
	if strings.EqualFold(words[0], "AUTH") {
		public = 2
	}
	if len(words) <= public || len(words) == 3 && words[2] == "=" {
		return line
	}
	return strings.Join(words[:public], " ") + " ****"
}
