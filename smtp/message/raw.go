// SPDX-License-Identifier: MIT

package message

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"csmtp/smtp/internal/text"
)

// Raw is a complete message that the program has built. It is sent unchanged, except
// that Bcc fields are removed and line ends become CRLF.
type Raw struct {
	text []byte
	path string
	open bool // whether the message is in the file at path, and not in text

	// HaveFrom is set if the caller knows the reverse-path, and HaveRecipients if it
	// knows the recipients. The header fields that contain them are then not parsed.
	HaveFrom, HaveRecipients bool
}

// NewRaw returns a Raw for the message in the parameter text. The octets of text must not
// change until the message has been sent.
func NewRaw(text []byte) *Raw { return &Raw{text: text} }

// OpenRaw returns a Raw with the message in the regular file at path. Render opens the file.
func OpenRaw(path string) *Raw { return &Raw{path: path, open: true} }

// Render reads the whole message once, checks that it can be sent unchanged, and takes the
// envelope from its header. If there are Resent-* fields, Render uses these. If not, it takes
// the reverse-path from Sender or From, and the recipients from To, Cc and Bcc. The caller
// must check that there is a sender and at least one recipient. The error is an *Error.
func (r *Raw) Render(o Options) (*Rendered, error) {
	scan := &rawScanner{}
	body := &scan.body
	if r.open {
		f, err := statFile(rawField, r.path)
		if err != nil {
			return nil, err
		}
		body.source.file = f
	} else {
		body.source.text = r.text
		body.source.settle()
	}
	if err := scan.scan(); err != nil {
		return nil, err
	}
	header := scan.header
	body.skip = int64(len(header))
	body.open = scan.inBody && body.length > 0 && scan.last != '\n'
	if !scan.inBody && scan.last != '\n' && len(header) > 0 {
		header = append(header, crlf...) // the last field had no line end
	}
	if body.high && !o.EightBit {
		return nil, rawRefused("has octets above 127 in its body, and the server does not offer 8BITMIME; encode it as quoted-printable or base64")
	}
	ascii := text.IsASCII(header)
	if !ascii {
		if !utf8.Valid(header) {
			return nil, rawRefused("has octets in " + fieldWith(header, utf8.Valid) + " that are not UTF-8; encode them (RFC 2047)")
		}
		if !o.UTF8 {
			return nil, rawRefused("has octets above 127 in " + fieldWith(header, text.IsASCII[[]byte]) + ", and the server does not offer SMTPUTF8; encode them (RFC 2047)")
		}
	}
	rendered := &Rendered{body: body, eightBit: body.high || !ascii, smtpUTF8: !ascii}
	if err := rendered.takeRaw(header, r.wants); err != nil {
		return nil, err
	}
	if a := rendered.firstBeyondASCII(); a != "" {
		if !o.UTF8 {
			return nil, rawRefused("names " + visible(a) + ", and the server does not offer SMTPUTF8")
		}
		rendered.smtpUTF8 = true
	}
	rendered.fixSize()
	return rendered, nil
}

// wants reports whether the header field of the given name is parsed for the envelope.
func (r *Raw) wants(field string) bool {
	if field == "from" || field == "sender" {
		return !r.HaveFrom
	}
	return !r.HaveRecipients
}

// fieldWith returns "its field " and the name of the first field of the header for which the
// function good returns false. If there is none, it returns "its header".
func fieldWith(header []byte, good func([]byte) bool) string {
	for f, rest := nextField(header); f != nil; f, rest = nextField(rest) {
		if name, _, found := bytes.Cut(f, []byte{':'}); found && !good(f) {
			return "its field " + visible(string(bytes.TrimRight(name, " \t")))
		}
	}
	return "its header"
}

// firstBeyondASCII returns the first address of the envelope that needs SMTPUTF8, or "" if
// there is none.
func (r *Rendered) firstBeyondASCII() string {
	if !text.IsASCII(r.from) {
		return r.from
	}
	for _, a := range r.rcpt {
		if !text.IsASCII(a) {
			return a
		}
	}
	return ""
}

// takeRaw sets r.header to the fields of header that are sent, and takes the envelope from
// header.
func (r *Rendered) takeRaw(header []byte, wants func(field string) bool) error {
	var room [16]rawValue // enough memory for most messages
	values := room[:0]
	r.header = header[:0] // the fields that are sent are copied to the beginning of the same memory
	fields := 0
	for f, rest := nextField(header); f != nil; f, rest = nextField(rest) {
		fields++
		name, value, found := bytes.Cut(f, []byte{':'})
		name = bytes.TrimRight(name, " \t")
		if !found || !allOf(name, func(c byte) bool { return c > ' ' && c < 0x7f }) {
			return rawRefused(fmt.Sprintf("has a header line that is not a field: %q", visible(string(f))))
		}
		var low [32]byte
		key := appendLower(low[:0], name)
		if string(key) == "message-id" && r.messageID == "" {
			r.messageID = unfold(value)
		}
		if name := envelopeField(key); name != "" {
			values = append(values, rawValue{name, unfold(value)})
		} else if string(key) == "received" || string(key) == "return-path" {
			values = append(values, rawValue{name: trace})
		}
		if string(key) != "bcc" && string(key) != "resent-bcc" {
			r.header = append(append(r.header, f...), crlf...)
		}
	}
	switch {
	case fields == 0:
		return rawRefused("has no header")
	case len(r.header) == 0:
		return rawRefused("has no header field except Bcc, which is not sent")
	}
	r.header = append(r.header, crlf...)
	return r.rawEnvelope(values, wants)
}

func appendLower(b, s []byte) []byte {
	for _, c := range s {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		b = append(b, c)
	}
	return b
}

// rawValue is a field: its name in lower case, and its value unfolded.
type rawValue struct{ name, value string }

// trace is the name in each rawValue that represents a trace field. Servers add trace fields
// above the Resent-* fields.
const trace = ""

// envelopeField returns key, the name of a field in lower case, as a string. It returns ""
// unless the field can contain an address of the envelope or is a Resent-* field.
func envelopeField(key []byte) string {
	switch string(key) {
	case "from":
		return "from"
	case "sender":
		return "sender"
	case "to":
		return "to"
	case "cc":
		return "cc"
	case "bcc":
		return "bcc"
	}
	if bytes.HasPrefix(key, []byte(resent)) {
		return string(key)
	}
	return ""
}

const resent = "resent-"

// newestBlock returns the names of the fields in the first block of Resent-* fields, or nil
// if there is none. The first block is the newest one, which determines the envelope (RFC
// 5322, section 3.6.6). The block ends before a trace field, or before a field whose name it
// already contains.
func newestBlock(values []rawValue) map[string]bool {
	var block map[string]bool
	for _, v := range values {
		if v.name == trace && block != nil {
			break
		}
		if !strings.HasPrefix(v.name, resent) {
			continue
		}
		if block[v.name] {
			break // the field begins the next block
		}
		if block == nil {
			block = make(map[string]bool)
		}
		block[v.name] = true
	}
	return block
}

// rawEnvelope takes the addresses of the envelope from the header fields in values.
func (r *Rendered) rawEnvelope(values []rawValue, wants func(field string) bool) error {
	block := newestBlock(values)
	var from, sender string
	var senders, to, cc, bcc []string
	for _, v := range values {
		if block != nil {
			if !block[v.name] {
				continue
			}
			delete(block, v.name)
		}
		name := strings.TrimPrefix(v.name, resent)
		if name == trace || envelopeField([]byte(name)) != name || !wants(name) {
			continue
		}
		list, err := readList(rawField, v.value, v.value)
		if err != nil {
			return err
		}
		switch name {
		case "from":
			from = firstAddress(list, from)
			senders = addresses(list, senders)
		case "sender":
			sender = firstAddress(list, sender)
			senders = addresses(list, senders)
		case "to":
			to = addresses(list, to)
		case "cc":
			cc = addresses(list, cc)
		case "bcc":
			bcc = addresses(list, bcc)
		}
	}
	r.from = cmp.Or(sender, from)
	shown := len(to) + len(cc)
	r.rcpt = append(append(to, cc...), bcc...)
	r.addresses = Addresses{Senders: senders, Shown: r.rcpt[:shown], Blind: r.rcpt[shown:],
		Resent: block != nil}
	return nil
}

func addresses(list []entry, to []string) []string {
	for i := range list {
		to = list[i].addresses(to)
	}
	return to
}

func firstAddress(list []entry, otherwise string) string {
	for i := range list {
		switch e := &list[i]; {
		case !e.group:
			return e.addr
		case len(e.members) > 0:
			return e.members[0].addr
		}
	}
	return otherwise
}
