// SPDX-License-Identifier: MIT

package smtptest

import (
	"bytes"
	"strings"
	"unicode"
)

// secrecy decides which lines of a client must be masked because they may contain a secret.
type secrecy struct {
	challenged bool // whether the last reply was a 334, to which the next line is the response
	login      bool // whether AUTH was sent and neither 235 nor another command has followed
}

// The method sent updates the state for octets that the server sends.
func (s *secrecy) sent(octets []byte) {
	for line := range bytes.Lines(octets) {
		s.challenged = bytes.HasPrefix(line, []byte("334"))
		if bytes.HasPrefix(line, []byte("235 ")) {
			s.login = false
		}
	}
}

// received updates the state for a line from the client. Call shown for the line first, because
// received changes the state.
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

// isAuth reports whether the line begins with AUTH, even if it is a malformed command, such as
// one with a tab after the verb.
func isAuth(line string) bool {
	line = strings.TrimLeftFunc(line, isBlank)
	return len(line) >= 4 && strings.EqualFold(line[:4], "AUTH")
}

// masked returns a client's line with its secret replaced by "****". The secret is the initial
// response of AUTH or, if answersChallenge is set, the whole line.
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
	public := 1 // the number of words that are shown
	if strings.EqualFold(words[0], "AUTH") {
		public = 2
	}
	if len(words) <= public || len(words) == 3 && words[2] == "=" {
		return line
	}
	return strings.Join(words[:public], " ") + " ****"
}
