// SPDX-License-Identifier: MIT

package smtptest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
)

const (
	maxTextLine = 998     // RFC 5321, section 4.5.3.1.6, without CRLF
	maxLine     = 1 << 20 // the longest line that a script can read
)

var (
	errBareLF  = errors.New("a bare LF: lines end in CRLF (RFC 5321, section 2.3.8)")
	errBareCR  = errors.New("a bare CR: lines end in CRLF (RFC 5321, section 2.3.8)")
	errTooLong = errors.New("line too long")
)

// readLine reads a line and returns it without its CRLF. The line, including the CR, can have at
// most 'most' octets. If readLine fails, it returns the octets that it has read, and an error. The
// error is io.EOF only if it has read no octets.
func readLine(r *bufio.Reader, most int) ([]byte, error) {
	var line []byte
	for {
		b, err := r.ReadByte()
		if err != nil {
			if errors.Is(err, io.EOF) && len(line) > 0 {
				err = io.ErrUnexpectedEOF
			}
			return line, err
		}
		cr := len(line) > 0 && line[len(line)-1] == '\r'
		switch {
		case b == '\n' && cr:
			return line[:len(line)-1], nil
		case b == '\n':
			return line, errBareLF
		case cr:
			return line, errBareCR
		case len(line) >= most:
			return line, errTooLong
		}
		line = append(line, b)
	}
}

// isTimeout reports whether a deadline has passed.
func isTimeout(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}

// parseBDAT parses "BDAT size [LAST]" (RFC 3030, section 2).
func parseBDAT(line string) (size int, last bool, err error) {
	words := strings.Fields(line)
	if len(words) < 2 || len(words) > 3 || !strings.EqualFold(words[0], "BDAT") {
		return 0, false, fmt.Errorf("%q is not BDAT", line)
	}
	if len(words) == 3 {
		if !strings.EqualFold(words[2], "LAST") {
			return 0, false, fmt.Errorf("%q after the size: want LAST", words[2])
		}
		last = true
	}
	size, err = strconv.Atoi(words[1])
	if err == nil && (size < 0 || size > 1<<30) {
		err = fmt.Errorf("chunk size %d is out of range", size)
	}
	return size, last, err
}
