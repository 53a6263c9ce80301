// SPDX-License-Identifier: MIT

// Package secret keeps secrets out of texts that others wrote: servers quote
// what they were sent, in many forms.
//
// A secret of four octets or more is hidden wherever it stands: as it is, with
// another case, broken into lines, in base64 at any alignment and with either
// alphabet, in hexadecimal or decimal octets, with the escapes of URLs, JSON, C,
// HTML, quoted-printable and xtext, in UTF-16, and in some of these one within
// another. So is its beginning, where a text breaks off, and any sixteen
// characters of it.
//
// A shorter secret would blot out ordinary words. It is hidden where it stands
// alone within quotes or brackets, or ends a line behind a colon or "="; its
// base64 and hexadecimal form where it stands alone.
package secret

import (
	"slices"
	"strings"
	"sync"
)

// Mask stands in a text for what was hidden.
const Mask = "****"

// maxWords bounds what one Set keeps: the newest count. Tokens are replaced
// each hour, for as long as a program runs.
const maxWords = 64

// Set is the secrets to hide. The zero value and nil hide nothing. It may be
// used by several goroutines.
type Set struct {
	mu    sync.Mutex
	words []*word
	grams *grams // of words; nil until it is needed

	plain, normal view // used again for each text, which most often has nothing to decode
}

// Add makes Hide look for secrets too. Empty ones are left out.
func (s *Set) Add(secrets ...string) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		if i := slices.IndexFunc(s.words, func(w *word) bool { return w.secret == secret }); i >= 0 {
			w := s.words[i]
			s.words = append(slices.Delete(s.words, i, i+1), w)
			continue
		}
		if len(s.words) == maxWords {
			s.words = slices.Delete(s.words, 0, 1)
		}
		s.words = append(s.words, newWord(secret))
		s.grams = nil
	}
}

// Format keeps the secrets out of whatever prints a Set.
func (s *Set) String() string { return "secret.Set" }

// GoString does the same for %#v.
func (s *Set) GoString() string { return "secret.Set" }

// Hide gives text with every secret replaced by Mask. Line ends stay: a secret
// that is broken into lines is masked in each.
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

// HideLines is Hide for lines of one text, none of which holds a line end.
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
