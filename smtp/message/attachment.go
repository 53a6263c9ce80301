// SPDX-License-Identifier: MIT

package message

import (
	"csmtp/smtp/internal/text"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// attached is the body of an attachment from any source.
type attached struct {
	label    string // for errors
	file     *file
	data     []byte
	reader   func() (io.ReadCloser, error)
	rawSize  int64 // -1: unknown
	encoding transferEncoding
}

// openAttachment checks the source of the content (a file, octets or a reader), and
// determines its size. name is the attachment's name in errors.
func openAttachment(a *Attachment, name string, o *Options) (*attached, error) {
	b := &attached{label: name, encoding: base64Encoding}
	if o.Binary {
		b.encoding = binaryEncoding
	}
	switch {
	case a.Path != "" && (a.Reader != nil || a.Data != nil), a.Reader != nil && a.Data != nil:
		return nil, invalid(FieldAttachments, name, "has more than one source; set a path, data or a reader", nil)
	case a.Path != "":
		f := a.opened
		if f == nil || f.path != a.Path {
			var err error
			if f, err = statFile(FieldAttachments, a.Path); err != nil {
				return nil, err
			}
		}
		b.file, b.rawSize = f, f.info.Size()
	case a.Reader != nil:
		b.reader, b.rawSize = a.Reader, max(a.Size, -1)
	default:
		b.data, b.rawSize = a.Data, int64(len(a.Data))
	}
	return b, nil
}

func (b *attached) size() int64 {
	if b.rawSize < 0 || b.encoding == binaryEncoding {
		return b.rawSize
	}
	return base64Len(b.rawSize)
}

func (b *attached) lineStart() bool { return b.rawSize == 0 }

func (b *attached) writeTo(w io.Writer) error {
	copy := func(r io.Reader) (int64, error) { return copyBase64(w, r) }
	if b.encoding == binaryEncoding {
		copy = func(r io.Reader) (int64, error) { return copyAll(w, r) }
	}
	switch {
	case b.file != nil:
		return b.file.copyTo(copy)
	case b.reader != nil:
		return b.copyReader(copy)
	case b.encoding == binaryEncoding:
		_, err := w.Write(b.data)
		return err
	}
	return writeBase64(w, b.data)
}

func (b *attached) copyReader(copy func(io.Reader) (int64, error)) error {
	failed := func(reason string, err error) error {
		return invalid(FieldAttachments, b.label, reason+"; the mail was not sent", err)
	}
	r, err := b.reader()
	if err != nil {
		return failed("its reader cannot be opened: "+err.Error(), readerFailed(err))
	}
	defer r.Close()
	var in io.Reader = r
	if b.rawSize >= 0 {
		in = io.LimitReader(r, b.rawSize)
	}
	n, err := copy(in)
	var se *sourceError
	switch {
	case errors.As(err, &se):
		return failed("its reader failed: "+se.Error(), readerFailed(se.err))
	case err != nil:
		return err
	case b.rawSize < 0:
		return nil
	case n < b.rawSize:
		return failed(fmt.Sprintf("its reader ended after %d of %d octets", n, b.rawSize), ErrChanged)
	}
	if n, _ := io.ReadFull(r, make([]byte, 1)); n > 0 {
		return failed(fmt.Sprintf("its reader returned more octets than the specified size, %d", b.rawSize), ErrChanged)
	}
	return nil
}

// readerFailed returns an error that wraps ErrReader and cause.
func readerFailed(cause error) error { return fmt.Errorf("%w: %w", ErrReader, cause) }

// asMessage returns an attached message as a body of type message/rfc822. It returns nil if the
// message comes from a reader, or if it is not valid. It also returns nil if the message cannot
// be sent without encoding, because this type allows no encoding (RFC 2046, section 5.2.1).
func (b *attached) asMessage(o *Options, signed signing) (content, transferEncoding) {
	scan := &rawScanner{body: rawBody{source: rawSource{text: b.data, file: b.file}}}
	if b.reader != nil || scan.scan() != nil || scan.fromLine && signed != unsigned {
		return nil, ""
	}
	high := scan.body.high || !text.IsASCII(scan.header)
	switch body := scan.whole(); {
	case !high:
		return body, sevenBit
	case o.EightBit:
		return body, eightBit
	}
	return nil, ""
}

// attachmentPart checks an attachment and returns its part.
func (c *charset) attachmentPart(a *Attachment, o *Options, signed signing) (*part, error) {
	name, err := c.fileName(a)
	if err != nil {
		return nil, err
	}
	mediaType, params := typeByName(name), map[string]string(nil)
	if a.ContentType != "" {
		if mediaType, params, err = c.readType(FieldAttachmentType, a.ContentType); err != nil {
			return nil, err
		}
	}
	id, err := contentID(a.ContentID)
	if err != nil {
		return nil, err
	}
	source, err := openAttachment(a, name, o)
	if err != nil {
		return nil, err
	}
	body, encoding := content(source), source.encoding
	if strings.HasPrefix(mediaType, "message/") {
		if m, e := source.asMessage(o, signed); m != nil {
			body, encoding = m, e
		} else {
			mediaType, params = octetStream, nil
		}
	}
	h := partHeader()
	h.name("Content-Type")
	h.token(mediaType)
	for _, k := range slices.Sorted(maps.Keys(params)) {
		h.param(k, params[k])
	}
	if name != "" {
		h.encodedParam("name", name)
	}
	h.end()
	h.short("Content-Transfer-Encoding", string(encoding))
	h.name("Content-Disposition")
	if a.Inline {
		h.token("inline")
	} else {
		h.token("attachment")
	}
	if name != "" {
		h.param("filename", name)
	}
	h.end()
	if id != "" {
		h.name("Content-ID")
		h.token("<", id, ">")
		h.end()
	}
	return newPart(&h, body, encoding)
}
