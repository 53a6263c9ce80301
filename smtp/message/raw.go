// SPDX-License-Identifier: MIT

package message

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Raw is a message that exists already, sent as it is but for its Bcc fields,
// which are left out, and its line ends, which become CRLF.
type Raw struct {
	source io.ReaderAt
	length int64
	path   string
}

// NewRaw takes a message of size octets from r, which must not change until
// it is sent.
func NewRaw(r io.ReaderAt, size int64) *Raw { return &Raw{source: r, length: size} }

// OpenRaw takes a message from a regular file, which Render looks at.
func OpenRaw(path string) *Raw { return &Raw{path: path} }

const rawField = "SendRaw"

// Render reads the message through once, checks that it can be sent as it is
// and takes its envelope from its header: Resent-* fields if it has any, else
// Sender or From, and To, Cc and Bcc. There may be no sender and no recipient
// in it; that is for the caller to see. The error is an *Error.
func (r *Raw) Render(o Options) (*Rendered, error) {
	src := &rawSource{at: r.source, length: r.length}
	if r.source == nil {
		f, err := statFile(rawField, r.path)
		if err != nil {
			return nil, err
		}
		src.file, src.length = f, f.info.Size()
	}
	scan := &rawScanner{}
	if err := src.writeCRLF(scan); err != nil {
		return nil, err
	}
	body, header := &scan.body, scan.header
	body.source, body.skip = src, int64(len(header))
	body.open = scan.inBody && body.length > 0 && scan.last != '\n'
	if !scan.inBody && scan.last != '\n' && len(header) > 0 {
		header = append(header, crlf...) // a last field without its line end
	}
	if body.high && !o.EightBit {
		return nil, rawRefused("has octets above 127 in its body, and the server does not offer 8BITMIME; encode it as quoted-printable or base64")
	}
	rendered := &Rendered{body: body, eightBit: body.high || !allASCII(header)}
	if !allASCII(header) {
		if !utf8.Valid(header) {
			return nil, rawRefused("has octets in its header that are not UTF-8; encode them (RFC 2047)")
		}
		if !o.UTF8 {
			return nil, rawRefused("has octets above 127 in its header, and the server does not offer SMTPUTF8; encode them (RFC 2047)")
		}
		rendered.smtpUTF8 = true
	}
	if err := rendered.takeRaw(header); err != nil {
		return nil, err
	}
	for _, a := range append([]string{rendered.from}, rendered.rcpt...) {
		if !isASCII(a) {
			if !o.UTF8 {
				return nil, rawRefused("names " + visible(a) + ", and the server does not offer SMTPUTF8")
			}
			rendered.smtpUTF8 = true
		}
	}
	rendered.fixSize()
	return rendered, nil
}

func rawRefused(reason string) error { return invalid(rawField, "", "the message "+reason, nil) }

// takeRaw keeps what of the header is sent, and reads the envelope.
func (r *Rendered) takeRaw(header []byte) error {
	fields := splitFields(header)
	if len(fields) == 0 {
		return rawRefused("has no header")
	}
	values := make([]rawValue, 0, len(fields))
	for _, f := range fields {
		name, value, found := strings.Cut(string(f), ":")
		name = strings.TrimRight(name, " \t")
		if !found || !allOf(name, func(c byte) bool { return c > ' ' && c < 0x7f }) {
			return rawRefused(fmt.Sprintf("has a header line that is not a field: %q", visible(string(f))))
		}
		v := rawValue{strings.ToLower(name), unfold(value)}
		values = append(values, v)
		if v.name != "bcc" && v.name != "resent-bcc" {
			r.header = append(append(r.header, f...), crlf...)
		}
		if v.name == "message-id" && r.messageID == "" {
			r.messageID = v.value
		}
	}
	if len(r.header) == 0 {
		return rawRefused("has no header field but Bcc, which is not sent")
	}
	r.header = append(r.header, crlf...)
	return r.rawEnvelope(values)
}

func unfold(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "")) }

// rawValue is a field: its name in lower case, and its value unfolded.
type rawValue struct{ name, value string }

// rawEnvelope reads the addresses. Of several blocks of Resent-* fields the
// first is the newest, and counts (RFC 5322, section 3.6.6).
func (r *Rendered) rawEnvelope(values []rawValue) error {
	prefix := ""
	seen := map[string]bool{}
	for _, v := range values {
		if !strings.HasPrefix(v.name, "resent-") {
			continue
		}
		if seen[v.name] {
			break // the next block
		}
		seen[v.name] = true
		prefix = "resent-"
	}
	var sender, from string
	lists := map[string][]string{}
	for _, v := range values {
		name, ours := strings.CutPrefix(v.name, prefix)
		if !ours || prefix == "" && strings.HasPrefix(v.name, "resent-") {
			continue
		}
		if prefix != "" {
			if !seen[v.name] {
				continue
			}
			delete(seen, v.name)
		}
		switch name {
		case "from", "sender", "to", "cc", "bcc":
		default:
			continue
		}
		list, err := readList(rawField, v.value)
		if err != nil {
			return err
		}
		var addrs []string
		for i := range list {
			addrs = list[i].addresses(addrs)
		}
		switch {
		case len(addrs) == 0:
		case name == "sender":
			sender = addrs[0]
		case name == "from":
			from = addrs[0]
		default:
			lists[name] = append(lists[name], addrs...)
		}
	}
	r.from = sender
	if sender == "" {
		r.from = from
	}
	for _, name := range []string{"to", "cc", "bcc"} {
		r.rcpt = append(r.rcpt, lists[name]...)
	}
	return nil
}
