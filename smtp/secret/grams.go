// SPDX-License-Identifier: MIT

package secret

import "encoding/binary"

const (
	gram = 8 // the length of a piece in characters
	// step is the distance between the beginnings of two successive pieces. Thus any
	// gram+step-1 consecutive characters of a secret contain a whole piece.
	step = 8
	// mostPlaces is the maximum number of places that are kept for one piece. Without this
	// limit, a secret that repeats the same characters would take too long to find.
	mostPlaces = 8
)

// grams finds long parts of secrets, even if a part is not the beginning of the secret: a
// server that splits a long line into two sometimes quotes only the second half. For this,
// grams divides each form of each secret into pieces, and searches a text for these pieces.
type grams struct {
	latest map[uint64]int32 // maps a piece to the index of its latest place in the field 'places'
	places []place
	filter [1 << 9]uint64 // has a bit for each hash of a piece: excludes most octets quickly
}

// place is the position of a piece in a form of a secret.
type place struct {
	form   []byte
	at     int
	before int32 // index of the previous place of the same piece, or -1
	number int   // the number of earlier places of the same piece
}

func newGrams(words []*word) *grams {
	size := 0
	for _, w := range words {
		for _, n := range w.needles {
			size += len(n.b) / step
		}
	}
	g := &grams{latest: make(map[uint64]int32, size), places: make([]place, 0, size)}
	for _, w := range words {
		for _, n := range w.needles {
			if len(n.b) >= inside {
				g.add(n.b)
			}
		}
	}
	return g
}

func (g *grams) add(form []byte) {
	for at := 0; at+gram <= len(form); at += step {
		key := binary.LittleEndian.Uint64(form[at:])
		p := place{form: form, at: at, before: -1}
		if before, ok := g.latest[key]; ok {
			if p.number = g.places[before].number + 1; p.number == mostPlaces {
				continue
			}
			p.before = before
		}
		g.latest[key] = int32(len(g.places))
		g.places = append(g.places, p)
		h := hash(key)
		g.filter[h>>6] |= 1 << (h & 63)
	}
}

// hash returns 15 bits.
func hash(key uint64) uint64 { return key * 0x9E3779B97F4A7C15 >> 49 }

// find calls the function 'hit' for every part of v that has at least 'inside' characters and
// equals a part of a secret.
func (g *grams) find(v *view, hit func(from, to int32)) {
	if len(g.places) == 0 {
		return
	}
	for i := 0; i+gram <= len(v.b); i++ {
		key := binary.LittleEndian.Uint64(v.b[i:])
		h := hash(key)
		if g.filter[h>>6]>>(h&63)&1 == 0 {
			continue
		}
		n, ok := g.latest[key]
		if !ok {
			continue
		}
		end := i
		for ; n >= 0; n = g.places[n].before {
			first, last := g.places[n].around(v.b, i)
			if last-first >= inside {
				hit(v.from[first], v.to[last-1])
				end = max(end, last-gram)
			}
		}
		i = end
	}
}

// around returns the range of the longest part of b that contains the piece at b[i] and equals
// a part of the form.
func (p *place) around(b []byte, i int) (first, last int) {
	first, last = i, i+gram
	for at := p.at; at > 0 && first > 0 && b[first-1] == p.form[at-1]; at-- {
		first--
	}
	for at := p.at + gram; at < len(p.form) && last < len(b) && b[last] == p.form[at]; at++ {
		last++
	}
	return first, last
}
