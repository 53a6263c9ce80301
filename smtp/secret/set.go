// SPDX-License-Identifier: MIT

// Package secret hides passwords and tokens in texts from servers. These texts can quote what
// the server has received, in many forms.
//
// A secret of four octets or more is hidden anywhere in a text: unchanged, in
// another case, broken into lines, in base64 at any alignment and with either
// alphabet, in hexadecimal or decimal octets, with the escapes of URLs, JSON, C,
// HTML, quoted-printable and xtext, in UTF-16, and in up to three of these
// encodings applied one after another. If a secret is cut off, its beginning is hidden,
// and so are any sixteen consecutive characters of it.
//
// A shorter secret often occurs in ordinary words. It is hidden only if it is alone between
// quotes or brackets, if it is alone on a line, or if it ends a line and follows a colon or
// "=". Its base64 and hexadecimal forms are hidden if they are separate words.
package secret

import (
	"slices"
	"sync"
)

// Mask replaces a hidden secret.
const Mask = "****"

// maxWords is the maximum number of secrets in a Set. If more are added, the Set drops the
// oldest ones: a program that runs for a long time gets a new token every hour.
const maxWords = 64

// Set contains the secrets to hide. The zero value and nil hide nothing. Several goroutines can
// use a Set at the same time.
type Set struct {
	mu    sync.Mutex
	words []*word
	grams *grams // the grams of words; nil until needed

	plain, normal view // buffers, reused for each text
}

// Add adds secrets to the set. It ignores empty ones.
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

// String does not show the secrets.
func (s *Set) String() string { return "secret.Set" }

// GoString, which is used for %#v, does not show the secrets either.
func (s *Set) GoString() string { return "secret.Set" }
