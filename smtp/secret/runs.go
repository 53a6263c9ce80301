// SPDX-License-Identifier: MIT

package secret

import (
	"strings"
)

const (
	leastHex    = 8  // minimum number of digits in a run of hexadecimal
	leastBase64 = 12 // minimum number of characters in a run of base64
	leastLine   = 16 // base64 of at least this many characters can continue on the next line
	leastNumber = 4  // minimum length of a run of decimal octets
	runEnd      = 1  // the octet that is added after each decoded run
)

// hexadecimal decodes runs of octets in hexadecimal, with or without separators. It returns two
// views, because the first octet can begin at the first or at the second digit of a run.
func hexadecimal(v *view) []*view {
	var out [2]*view
	var digits []int // positions of the digits of a run
	end := func() {
		if len(digits) >= leastHex {
			for odd := range 2 {
				if out[odd] == nil {
					out[odd] = newView(len(v.b) / 2)
				}
				for i := odd; i+1 < len(digits); i += 2 {
					high, _ := hexDigit(v.b[digits[i]])
					low, _ := hexDigit(v.b[digits[i+1]])
					out[odd].add(high<<4|low, v.from[digits[i]], v.to[digits[i+1]])
				}
				out[odd].add(runEnd, v.to[digits[len(digits)-1]], v.to[digits[len(digits)-1]])
			}
		}
		digits = digits[:0]
	}
	for i := 0; i < len(v.b); i++ {
		c := v.b[i]
		switch _, ok := hexDigit(c); {
		case c == '0' && i+1 < len(v.b) && v.b[i+1]|0x20 == 'x':
			i++
		case ok:
			digits = append(digits, i)
		case strings.IndexByte(" \t\r\n:-,;.\\xX%=", c) < 0:
			end()
		}
	}
	end()
	if out[0] == nil {
		return nil
	}
	return out[:]
}

// decimal decodes runs of octets that are written as decimal numbers.
func decimal(v *view) []*view {
	var out *view
	type number struct{ value, first, last int }
	var row []number
	end := func() {
		if len(row) >= leastNumber {
			if out == nil {
				out = newView(len(v.b) / 2)
			}
			for _, n := range row {
				out.decoded(string([]byte{byte(n.value)}), v, n.first, n.last)
			}
			out.add(runEnd, v.to[row[len(row)-1].last], v.to[row[len(row)-1].last])
		}
		row = row[:0]
	}
	for i := 0; i < len(v.b); i++ {
		c := v.b[i]
		if c < '0' || c > '9' {
			if strings.IndexByte(" \t\r\n,;:[](){}", c) < 0 {
				end()
			}
			continue
		}
		n := number{first: i}
		for ; i < len(v.b) && '0' <= v.b[i] && v.b[i] <= '9'; i++ {
			n.value = min(n.value*10+int(v.b[i]-'0'), 256)
		}
		i--
		n.last = i
		if n.value > 255 {
			end()
			continue
		}
		row = append(row, n)
	}
	end()
	if out == nil {
		return nil
	}
	return []*view{out}
}

// base64Runs decodes runs of base64. It returns four views, in which the base64 begins at the
// first, second, third and fourth character of each run: the first characters of a run can be
// text that only looks like base64.
func base64Runs(v *view) []*view {
	var out [4]*view
	var run []int
	for i := 0; i < len(v.b); {
		run, i = base64Run(v, i, run[:0])
		if len(run) >= leastBase64 {
			for at := range out {
				if out[at] == nil {
					out[at] = newView(len(v.b))
				}
				out[at].base64(v, run[at:])
			}
		}
	}
	if out[0] == nil {
		return nil
	}
	return out[:]
}

// If the base64 that begins at i is long enough, base64Run appends the positions of its
// characters to the slice 'run'. 'next' is the position after the base64. If the base64 has at
// least leastLine characters, it can continue on the next line.
func base64Run(v *view, i int, run []int) (where []int, next int) {
	word := i
	for word < len(v.b) && isCode(v.b[word]) {
		word++
	}
	if word-i < leastBase64 {
		return run, max(word, i+1)
	}
	for ; i < len(v.b); i++ {
		c := v.b[i]
		if isCode(c) {
			run = append(run, i)
		} else if len(run) < leastLine || strings.IndexByte(" \t\r\n", c) < 0 {
			break
		}
	}
	return run, i
}

// base64 appends the decoded octets of a run of base64, and then runEnd.
func (out *view) base64(v *view, run []int) {
	bits, have := uint32(0), 0
	for n, i := range run {
		bits, have = bits<<6|uint32(sextet(v.b[i])), have+6
		if have >= 8 {
			have -= 8
			out.add(byte(bits>>have), v.from[run[n-1]], v.to[i])
		}
	}
	last := v.to[run[len(run)-1]]
	out.add(runEnd, last, last)
}

func sextet(c byte) byte {
	switch {
	case 'A' <= c && c <= 'Z':
		return c - 'A'
	case 'a' <= c && c <= 'z':
		return c - 'a' + 26
	case '0' <= c && c <= '9':
		return c - '0' + 52
	case c == '+' || c == '-':
		return 62
	}
	return 63
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10, true
	}
	return 0, false
}

// hexNumber parses a hexadecimal number of exactly the given number of digits at the beginning
// of s.
func hexNumber(s []byte, digits int) (uint32, bool) {
	if len(s) < digits || digits < 1 || digits > 8 {
		return 0, false
	}
	n := uint32(0)
	for _, c := range s[:digits] {
		d, ok := hexDigit(c)
		if !ok {
			return 0, false
		}
		n = n<<4 | uint32(d)
	}
	return n, true
}
