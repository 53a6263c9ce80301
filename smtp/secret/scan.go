// SPDX-License-Identifier: MIT

package secret

import (
	"bytes"
	"slices"
	"strings"
)

const (
	// maxDepth is the maximum number of decodings that are applied one after another.
	maxDepth = 3
	// At most maxDecoded octets, plus eight times the length of the text, are decoded.
	// Without a limit, a server could keep the client busy with text that appears to be
	// encoded many times over.
	maxDecoded = 256 << 10
)

// scanner searches one text for the secrets of a set.
type scanner struct {
	set  *Set
	text string
	raw  bool // whether the current view is the text itself
	hits []span
}

// span is a range of the text.
type span struct{ from, to int32 }

// scan searches the text for secrets, then every text that results from decoding it once, then
// every text that results from decoding it twice, and so on, up to maxDepth times.
func (s *scanner) scan() {
	s.raw = true
	s.view(s.set.plain.plain(s.text))
	s.raw = false
	left := maxDecoded + 8*len(s.text)
	level := []*view{&s.set.plain}
	for range maxDepth {
		var next []*view
		for _, v := range level {
			for _, decode := range decoders {
				for _, d := range decode(v) {
					if left -= len(d.b); left < 0 {
						return
					}
					s.view(d)
					next = append(next, d)
				}
			}
		}
		level = next
	}
}

// view searches one view of the text for all secrets.
func (s *scanner) view(v *view) {
	n := v.normal(&s.set.normal)
	s.needles(n, false)
	s.set.grams.find(n, s.hit)
	if slices.ContainsFunc(s.set.words, func(w *word) bool { return w.hasOctets }) {
		n = v.octets(&s.set.normal)
		s.needles(n, true)
		s.set.grams.find(n, s.hit)
	}
}

// The method needles searches v for the needles whose field 'octets' has the given value.
func (s *scanner) needles(v *view, octets bool) {
	for _, w := range s.set.words {
		for i := range w.needles {
			if w.needles[i].octets == octets {
				s.find(&w.needles[i], v)
			}
		}
	}
}

func (s *scanner) hit(from, to int32) { s.hits = append(s.hits, span{from, to}) }

// find searches v for n, one form of a secret.
func (s *scanner) find(n *needle, v *view) {
	for i := 0; ; {
		at := bytes.Index(v.b[i:], n.head)
		if at < 0 {
			return
		}
		at += i
		size := len(n.head)
		for size < len(n.b) && at+size < len(v.b) && v.b[at+size] == n.b[size] {
			size++
		}
		from, to := v.from[at], v.to[at+size-1]
		if !s.counts(n, size, from, to) {
			i = at + 1
			continue
		}
		i = at + size
		if last := len(s.hits) - 1; last >= 0 && s.hits[last].from <= from && to <= s.hits[last].to {
			continue
		}
		if n.code {
			from, to = s.wholeCode(from, to)
		}
		s.hit(from, to)
	}
}

// counts reports whether text[from:to], which contains the first 'size' characters of the form n,
// must be hidden. It returns false for a word that only resembles the secret.
func (s *scanner) counts(n *needle, size int, from, to int32) bool {
	switch {
	case n.bare:
		return s.quoted(from, to)
	case n.alone:
		return !isCode(s.before(from)) && !isCode(s.after(to))
	case s.raw && len(n.b) < certain && !n.blank && strings.ContainsAny(s.text[from:to], " \t"):
		return false
	}
	return size == len(n.b) || size >= certain || !isWord(s.after(to))
}

// The method before returns the octet before s.text[from], or 0 at the beginning of the text.
func (s *scanner) before(from int32) byte {
	if from == 0 {
		return 0
	}
	return s.text[from-1]
}

// The method after returns the octet s.text[to], or 0 at the end of the text.
func (s *scanner) after(to int32) byte {
	if int(to) >= len(s.text) {
		return 0
	}
	return s.text[to]
}

// quoted reports whether text[from:to] is alone between quotes or brackets, is alone on a
// line, or ends a line and follows a colon or "=".
func (s *scanner) quoted(from, to int32) bool {
	next := s.after(to)
	ends := next == 0 || next == '\n' || next == '\r'
	head := s.text[:from]
	last := s.before(from)
	if i := strings.IndexByte("\"'`<([{", last); last != 0 && i >= 0 {
		return next == "\"'`>)]}"[i] || next == '\\'
	}
	if !ends {
		return false
	}
	head = strings.TrimRight(head, " \t")
	return head == "" || strings.IndexByte(":=\n", head[len(head)-1]) >= 0
}

// wholeCode returns the range of the base64 that contains text[from:to]. The characters next to
// text[from:to] encode octets of the secret too.
func (s *scanner) wholeCode(from, to int32) (int32, int32) {
	for isCode(s.before(from)) {
		from--
	}
	for isCode(s.after(to)) || s.after(to) == '=' {
		to++
	}
	return from, to
}

// masked returns the text with every hit replaced by Mask.
func (s *scanner) masked() string {
	if len(s.hits) == 0 {
		return s.text
	}
	slices.SortFunc(s.hits, func(a, b span) int { return int(a.from - b.from) })
	var out strings.Builder
	done := int32(0)
	for i := 0; i < len(s.hits); {
		h := s.hits[i]
		for i++; i < len(s.hits) && s.hits[i].from <= h.to; i++ {
			h.to = max(h.to, s.hits[i].to)
		}
		out.WriteString(s.text[done:h.from])
		for n, line := range strings.Split(s.text[h.from:h.to], "\n") {
			if n > 0 {
				out.WriteByte('\n')
			}
			if line != "" {
				out.WriteString(Mask)
			}
		}
		done = h.to
	}
	out.WriteString(s.text[done:])
	return out.String()
}
