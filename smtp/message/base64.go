// SPDX-License-Identifier: MIT

package message

import (
	"encoding/binary"
	"io"
	"sync"
)

// Base64 is written in lines of 76 octets (RFC 2045, section 6.8). Each line encodes 57
// octets of data. A block of lines nearly fills a TLS record of 16 KiB.
const (
	lineData   = 57
	lineText   = 76
	blockLines = 210
	blockData  = blockLines * lineData
	blockText  = blockLines * (lineText + 2)
	readAhead  = 8 * blockData // size of a read
)

// pairTable maps 12 bits to two characters; the first is in the low octet. Encoding with it
// needs half as many look-ups as with a table of single characters.
type pairTable [1 << 12]uint16

// allPairs returns the pairTable. The first call makes it.
var allPairs = sync.OnceValue(func() *pairTable {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	t := new(pairTable)
	for i := range t {
		t[i] = uint16(alphabet[i>>6]) | uint16(alphabet[i&63])<<8
	}
	return t
})

// base64Len returns the length of n octets in base64. It includes the CRLFs between lines,
// but not one at the end.
func base64Len(n int64) int64 {
	if n == 0 {
		return 0
	}
	lines := (n + lineData - 1) / lineData
	return (n+2)/3*4 + 2*(lines-1)
}

// encodeBlock encodes src, which has at most blockData octets, into dst. It adds a CRLF
// after each line, and returns the number of octets that it has written.
func encodeBlock(dst, src []byte) int {
	t := allPairs()
	n := 0
	for len(src) >= lineData {
		t.encodeLine((*[lineText + 2]byte)(dst[n:]), (*[lineData]byte)(src))
		n += lineText + 2
		src = src[lineData:]
	}
	if len(src) == 0 {
		return n
	}
	for ; len(src) >= 3; src = src[3:] {
		t.encodeTriple(dst[n:], src)
		n += 4
	}
	if len(src) > 0 {
		var last [3]byte
		copy(last[:], src)
		t.encodeTriple(dst[n:], last[:])
		for i := n + 1 + len(src); i < n+4; i++ {
			dst[i] = '='
		}
		n += 4
	}
	dst[n], dst[n+1] = '\r', '\n'
	return n + 2
}

// encodeLine encodes the 57 octets of a line: nine times six octets, and then the last three.
// It has no loop, so that the compiler can omit the bounds checks.
func (t *pairTable) encodeLine(dst *[lineText + 2]byte, src *[lineData]byte) {
	from, to := binary.BigEndian, binary.LittleEndian
	to.PutUint64(dst[0:8], t.encodeSix(from.Uint64(src[0:8])))
	to.PutUint64(dst[8:16], t.encodeSix(from.Uint64(src[6:14])))
	to.PutUint64(dst[16:24], t.encodeSix(from.Uint64(src[12:20])))
	to.PutUint64(dst[24:32], t.encodeSix(from.Uint64(src[18:26])))
	to.PutUint64(dst[32:40], t.encodeSix(from.Uint64(src[24:32])))
	to.PutUint64(dst[40:48], t.encodeSix(from.Uint64(src[30:38])))
	to.PutUint64(dst[48:56], t.encodeSix(from.Uint64(src[36:44])))
	to.PutUint64(dst[56:64], t.encodeSix(from.Uint64(src[42:50])))
	to.PutUint64(dst[64:72], t.encodeSix(from.Uint64(src[48:56])))
	t.encodeTriple(dst[lineText-4:], src[lineData-3:])
	dst[lineText], dst[lineText+1] = '\r', '\n'
}

// encodeSix encodes the upper six octets of v.
func (t *pairTable) encodeSix(v uint64) uint64 {
	return uint64(t[v>>52]) | uint64(t[v>>40&0xfff])<<16 |
		uint64(t[v>>28&0xfff])<<32 | uint64(t[v>>16&0xfff])<<48
}

func (t *pairTable) encodeTriple(dst, src []byte) {
	v := uint(src[0])<<16 | uint(src[1])<<8 | uint(src[2])
	binary.LittleEndian.PutUint32(dst, uint32(t[v>>12])|uint32(t[v&0xfff])<<16)
}

// buffers are the input and output buffers of one transfer.
type buffers struct {
	data [readAhead]byte
	text [blockText]byte
}

var bufferPool = sync.Pool{New: func() any { return new(buffers) }}

// base64Writer encodes blocks of lines, and writes them to w.
type base64Writer struct {
	w    io.Writer
	text []byte
	held bool // whether the CRLF after the last line has not been written yet
}

// Write encodes src, and writes the result. In every call except the last, src must consist
// of whole lines of 57 octets.
func (b *base64Writer) Write(src []byte) (int, error) {
	size := len(src)
	for len(src) > 0 {
		n := min(len(src), blockData)
		end := encodeBlock(b.text, src[:n])
		src = src[n:]
		if b.held {
			if _, err := b.w.Write(crlf); err != nil {
				return 0, err
			}
		}
		// The CRLF after the last line of the part belongs to the boundary, so it is
		// written only if another line follows.
		if len(src) > 0 {
			b.held = false
		} else {
			b.held = true
			end -= 2
		}
		if _, err := writeClean(b.w, b.text[:end]); err != nil {
			return 0, err
		}
	}
	return size, nil
}

// copyBase64 encodes all of r, and returns the number of octets read. The error is a
// *sourceError if r failed.
func copyBase64(w io.Writer, r io.Reader) (int64, error) {
	buf := bufferPool.Get().(*buffers)
	defer bufferPool.Put(buf)
	return copyBlocks(&base64Writer{w: w, text: buf.text[:]}, r, buf)
}

// copyBlocks copies r to w in blocks that fill buf.data. It returns the number of octets
// read. The error is a *sourceError if r failed.
func copyBlocks(w io.Writer, r io.Reader, buf *buffers) (int64, error) {
	var total int64
	for {
		n, err := io.ReadFull(r, buf.data[:])
		total += int64(n)
		if _, werr := w.Write(buf.data[:n]); werr != nil {
			return total, werr
		}
		switch err {
		case nil:
		case io.EOF, io.ErrUnexpectedEOF:
			return total, nil
		default:
			return total, &sourceError{err}
		}
	}
}

// writeBase64 encodes data.
func writeBase64(w io.Writer, data []byte) error {
	buf := bufferPool.Get().(*buffers)
	defer bufferPool.Put(buf)
	enc := base64Writer{w: w, text: buf.text[:]}
	_, err := enc.Write(data)
	return err
}

// sourceError is an error that occurred while reading a file or a reader, and not while
// writing.
type sourceError struct{ err error }

func (e *sourceError) Error() string { return e.err.Error() }
func (e *sourceError) Unwrap() error { return e.err }
