// SPDX-License-Identifier: MIT

package secret

import (
	"strings"
)

// Hide returns text with every secret replaced by Mask. It does not remove line ends: if a
// secret is broken into lines, its part in each line is replaced.
func (s *Set) Hide(text string) string {
	if s == nil || text == "" {
		return text
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.words) == 0 {
		return text
	}
	if s.grams == nil {
		s.grams = newGrams(s.words)
	}
	scan := scanner{set: s, text: text}
	scan.scan()
	const most = 4 << 10
	if cap(s.plain.b) > most {
		s.plain, s.normal = view{}, view{}
	}
	return scan.masked()
}

// HideLines hides the secrets in a text that is given as lines, as Hide does. A secret can
// begin in one line and end in a later one. The lines must not contain line ends.
func (s *Set) HideLines(lines []string) []string {
	if s == nil || len(lines) == 0 {
		return lines
	}
	text := strings.Join(lines, "\n")
	hidden := s.Hide(text)
	if hidden == text {
		return lines
	}
	return strings.Split(hidden, "\n")
}
