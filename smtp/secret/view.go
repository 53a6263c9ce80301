// SPDX-License-Identifier: MIT

package secret

import (
	"unicode"
	"unicode/utf8"
)

// view is the text that results from decoding the original text zero or more times. The octet
// b[i] was decoded from text[from[i]:to[i]] of the original text.
type view struct {
	b        []byte
	from, to []int32
}

func (v *view) add(c byte, from, to int32) {
	v.b, v.from, v.to = append(v.b, c), append(v.from, from), append(v.to, to)
}

// copy appends octet i of w to v.
func (v *view) copy(w *view, i int) { v.add(w.b[i], w.from[i], w.to[i]) }

// decoded appends to v the text s, which results from decoding w.b[first:last+1].
func (v *view) decoded(s string, w *view, first, last int) {
	for i := range len(s) {
		v.add(s[i], w.from[first], w.to[last])
	}
}

func newView(size int) *view { return new(view).reset(size) }

// reset makes the view empty, with memory for at least 'size' octets.
func (v *view) reset(size int) *view {
	if cap(v.b) < size {
		positions := make([]int32, 2*size)
		*v = view{b: make([]byte, 0, size), from: positions[:0:size], to: positions[size:size]}
	}
	v.b, v.from, v.to = v.b[:0], v.from[:0], v.to[:0]
	return v
}

// The method plain sets the view to the unchanged text.
func (v *view) plain(text string) *view {
	v.reset(len(text))
	b, from, to := v.b[:len(text)], v.from[:len(text)], v.to[:len(text)]
	copy(b, text)
	for i := range b {
		from[i], to[i] = int32(i), int32(i+1)
	}
	v.b, v.from, v.to = b, from, to
	return v
}

// The method normal writes the view to 'out', in lower case, without white space, and with the
// characters of base64url replaced by those of base64. It also drops NUL: ASCII text in UTF-16
// then becomes ASCII. normal returns 'out'.
func (v *view) normal(out *view) *view {
	out.reset(len(v.b))
	if n := v.normalASCII(out); n < len(v.b) {
		v.normalRest(out, n)
	}
	return out
}

// normalASCII writes the view to 'out' as normal does, up to the first octet that is not ASCII.
// It returns the number of octets of v that it has read.
func (v *view) normalASCII(out *view) (taken int) {
	size := len(v.b)
	b, from, to, n := out.b[:size], out.from[:size], out.to[:size], 0
	for i, c := range v.b {
		if c >= utf8.RuneSelf {
			size = i
			break
		}
		if c = normalOctet[c]; c != dropped {
			b[n], from[n], to[n] = c, v.from[i], v.to[i]
			n++
		}
	}
	out.b, out.from, out.to = b[:n], from[:n], to[:n]
	return size
}

// normalRest writes the view to 'out' as normal does, from octet i to the end.
func (v *view) normalRest(out *view, i int) {
	for ; i < len(v.b); i++ {
		if c := v.b[i]; c < utf8.RuneSelf {
			if c = normalOctet[c]; c != dropped {
				out.add(c, v.from[i], v.to[i])
			}
			continue
		}
		r, n := utf8.DecodeRune(v.b[i:])
		if r == utf8.RuneError {
			out.copy(v, i)
			continue
		}
		out.decoded(string(unicode.ToLower(unicode.ToUpper(r))), v, i, i+n-1)
		i += n - 1
	}
}

// octets writes the view to 'out' as normal does, but does not change octets outside ASCII,
// even if they are UTF-8.
func (v *view) octets(out *view) *view {
	out.reset(len(v.b))
	for i, c := range v.b {
		if c < utf8.RuneSelf {
			if c = normalOctet[c]; c == dropped {
				continue
			}
		}
		out.add(c, v.from[i], v.to[i])
	}
	return out
}

// dropped is the value in normalOctet for octets that the method normal removes.
const dropped = 0xff

// normalOctet maps an ASCII octet to its normal form.
var normalOctet = func() (table [utf8.RuneSelf]byte) {
	for i := range table {
		switch c := byte(i); {
		case c == 0 || c == ' ' || '\t' <= c && c <= '\r':
			table[i] = dropped
		case c == '-':
			table[i] = '+'
		case c == '_':
			table[i] = '/'
		case 'A' <= c && c <= 'Z':
			table[i] = c | 0x20
		default:
			table[i] = c
		}
	}
	return table
}()

// normal returns a secret in the form that view.normal writes.
func normal(s string) []byte { return new(view).plain(s).normal(new(view)).b }
