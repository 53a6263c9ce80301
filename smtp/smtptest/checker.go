// SPDX-License-Identifier: MIT

package smtptest

// checker checks that message content conforms to RFC 5321 and to the parameters of MAIL.
type checker struct {
	eightBit, international, binary bool // what the parameters of MAIL allow

	problem string // the first problem found; "" if there is none
	cr      bool   // whether the last octet was CR
	line    int    // the number of octets of the current line so far
	body    bool   // whether the empty line that ends the header has been read
}

func (c *checker) fault(what string) {
	if c.problem == "" {
		c.problem = what
	}
}

func (c *checker) Write(p []byte) (int, error) {
	if c.binary {
		return len(p), nil
	}
	for _, b := range p {
		switch {
		case b == '\n' && c.cr:
			// The CR was counted as an octet of the line, so the count of an empty line
			// is 1.
			if c.line == 1 {
				c.body = true
			}
			if c.line-1 > maxTextLine {
				c.fault("a line of more than 998 octets")
			}
			c.line, c.cr = 0, false
			continue
		case c.cr:
			c.fault("a bare CR")
		}
		switch {
		case b == '\n':
			c.fault("a bare LF")
		case b == 0:
			c.fault("a NUL")
		case b > 0x7F && c.body && !c.eightBit:
			c.fault("8-bit content without BODY=8BITMIME")
		case b > 0x7F && !c.body && !c.international:
			c.fault("an 8-bit header without SMTPUTF8")
		}
		c.cr = b == '\r'
		c.line++
	}
	return len(p), nil
}

// finish returns a text that says what is wrong with the content, or "" if nothing is wrong.
func (c *checker) finish() string {
	if !c.binary && c.line > 0 {
		c.fault("a last line without CRLF")
	}
	return c.problem
}
