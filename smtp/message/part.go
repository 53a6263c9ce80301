// SPDX-License-Identifier: MIT

package message

import "io"

// part is a MIME entity: its Content-* fields and its body.
type part struct {
	fields   []byte   // without the empty line after them
	names    []string // of the fields
	body     content
	encoding transferEncoding
}

// partHeader returns a writer for a part's fields, with a buffer that is usually large
// enough.
func partHeader() headerWriter {
	return headerWriter{buf: make([]byte, 0, 192), asked: make([]string, 0, 4)}
}

// textMemory is the memory for one part with text.
type textMemory struct {
	part   part
	body   textBody
	fields [160]byte
	names  [4]string // of the fields
	joined []byte    // the text
}

// mostJoined is the size of the largest buffer for text that the method release keeps.
const mostJoined = 16 << 10

// release makes m ready for another part.
func (m *textMemory) release() {
	m.part, m.body, m.names = part{}, textBody{}, [4]string{}
	if cap(m.joined) > mostJoined {
		m.joined = nil
	}
}

func (m *textMemory) header() headerWriter {
	return headerWriter{buf: m.fields[:0], asked: m.names[:0]}
}

// newPart returns a part with the header that h has written, and the given body.
func newPart(h *headerWriter, body content, encoding transferEncoding) (*part, error) {
	p := new(part)
	return p, p.fill(h, body, encoding)
}

// fill sets the header and the body of p, and checks the header with checkBlock. Every part
// is set by this method.
func (p *part) fill(h *headerWriter, body content, encoding transferEncoding) error {
	*p = part{fields: h.buf, names: h.asked, body: body, encoding: encoding}
	return checkBlock(h.buf, h.asked)
}

func (p *part) size() int64 {
	n := p.body.size()
	if n < 0 {
		return -1
	}
	return n + int64(len(p.fields)+len(crlf))
}

func (p *part) lineStart() bool { return p.body.lineStart() }

func (p *part) writeTo(w io.Writer) error {
	if _, err := w.Write(p.fields); err != nil {
		return err
	}
	if _, err := w.Write(crlf); err != nil {
		return err
	}
	return p.body.writeTo(w)
}

// multipartBody is the body of a multipart (RFC 2046, section 5.1.1). The CRLF before a
// boundary belongs to the boundary and not to the part.
type multipartBody struct {
	boundary string
	parts    []content
}

func (m *multipartBody) size() int64 {
	n := int64(len(m.parts)*len("\r\n--\r\n") + len("\r\n----") + (len(m.parts)+1)*len(m.boundary) - len(crlf))
	for _, p := range m.parts {
		s := p.size()
		if s < 0 {
			return -1
		}
		n += s
	}
	return n
}

func (m *multipartBody) lineStart() bool { return false }

func (m *multipartBody) writeTo(w io.Writer) error {
	delimiter := []byte("\r\n--" + m.boundary + "\r\n")
	for i, p := range m.parts {
		start := 0
		if i == 0 {
			start = len(crlf)
		}
		if _, err := w.Write(delimiter[start:]); err != nil {
			return err
		}
		if err := p.writeTo(w); err != nil {
			return err
		}
	}
	end := append(delimiter[:len(delimiter)-len(crlf)], "--"...)
	_, err := w.Write(end)
	return err
}
