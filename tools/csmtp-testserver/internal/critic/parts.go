// SPDX-License-Identifier: MIT

package critic

import (
	"bytes"
	"mime"
	"regexp"
	"strings"

	"csmtp/tools/csmtp-testserver/internal/eml"
)

var (
	badType       = kind{"content-type-malformed", Error, "malformed Content-Type", "RFC 2045, section 5.1"}
	badDisp       = kind{"disposition-malformed", Error, "malformed Content-Disposition", "RFC 2183, section 2"}
	noBoundary    = kind{"boundary-missing", Error, "no boundary", "RFC 2046, section 5.1.1"}
	badBoundary   = kind{"boundary-malformed", Error, "malformed boundary", "RFC 2046, section 5.1.1"}
	noParts       = kind{"multipart-empty", Error, "multipart without parts", "RFC 2046, section 5.1.1"}
	notClosed     = kind{"multipart-open", Error, "multipart not closed", "RFC 2046, section 5.1.1"}
	badEncoding   = kind{"encoding-unknown", Error, "unknown encoding", "RFC 2045, section 6"}
	wrongEncoding = kind{"encoding-invalid", Error, "invalid encoding", "RFC 2045, section 6"}
	longEncoded   = kind{"encoding-line-long", Error, "encoded line > 76", "RFC 2045, section 6.7"}
	multiEncoded  = kind{"multipart-encoded", Error, "encoded multipart", "RFC 2045, section 6.4"}
	bit8Part      = kind{"8bit-in-7bit", Error, "8-bit in 7bit", "RFC 2045, section 2.7"}
	noCharset     = kind{"charset-missing", Error, "no charset", "RFC 2046, section 4.1.2"}
	fileCharset   = kind{"charset-missing-file", Note, "file without charset", "RFC 2046, section 4.1.2"}
	badCharset    = kind{"charset-unknown", Error, "unknown charset", "RFC 2046, section 4.1.2"}
	wrongCharset  = kind{"charset-wrong", Error, "wrong charset", "RFC 2046, section 4.1.2"}
	noFilename    = kind{"filename-missing", Note, "file without name", "RFC 2183, section 2.3"}
	badFilename   = kind{"filename-path", Warning, "folder in a file name", "RFC 2183, section 5"}
	tooDeep       = kind{"nesting", Warning, "too many parts", ""}
	bareInText    = kind{"text-line-ends", Error, "line ends in a text part", "RFC 2046, section 4.1.1"}
	dangerousFile = kind{"filename-executable", Warning, "program attached", ""}
)

var boundaryRE = regexp.MustCompile(`^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$`)

// part checks that the content of a part matches its header.
func (r *report) part(p *eml.Part) {
	at := where(p)
	if p.Has("Content-Type") {
		if _, _, err := mime.ParseMediaType(p.Get("Content-Type")); err != nil {
			r.add(badType, at, "Content-Type is %s (%s).", quoted(p.Get("Content-Type")), strings.TrimPrefix(err.Error(), "mime: "))
		}
	}
	if p.Has("Content-Disposition") {
		if _, _, err := mime.ParseMediaType(p.Get("Content-Disposition")); err != nil {
			r.add(badDisp, at, "Content-Disposition is %s (%s).", quoted(p.Get("Content-Disposition")), strings.TrimPrefix(err.Error(), "mime: "))
		}
	}
	if p.Cut {
		r.add(tooDeep, at, "The message has more parts, or more levels of parts, than are checked.")
		return
	}
	if strings.HasPrefix(p.Type, "multipart/") {
		r.multipart(p, at)
		return
	}
	r.encoding(p, at)
	if strings.HasPrefix(p.Type, "text/") {
		r.text(p, at)
	}
	r.file(p, at)
}

func (r *report) multipart(p *eml.Part, at string) {
	boundary, given := p.Params["boundary"]
	switch {
	case !given || boundary == "":
		r.add(noBoundary, at, "%s has no boundary parameter.", p.Type)
		return
	case !boundaryRE.MatchString(boundary):
		r.add(badBoundary, at, "The boundary %s is longer than 70 characters, or contains a character that is not allowed.", quoted(boundary))
	case len(p.Children) == 0:
		r.add(noParts, at, "%s has no part, because there is no line --%s.", p.Type, quoted(boundary))
	case !p.Closed:
		r.add(notClosed, at, "The line --%s-- that ends %s is missing.", boundary, p.Type)
	}
	if e := p.Encoding; e != "7bit" && e != "8bit" && e != "binary" {
		r.add(multiEncoded, at, "%s has the encoding %s. Only 7bit, 8bit and binary are allowed.", p.Type, quoted(e))
	}
}

// encoding checks the transfer encoding.
func (r *report) encoding(p *eml.Part, at string) {
	switch p.Encoding {
	case "7bit":
		if bytes.ContainsFunc(p.Content, func(c rune) bool { return c >= 0x80 }) {
			r.add(bit8Part, at, "The content has octets above 127, but its Content-Transfer-Encoding is 7bit or missing.")
		}
		return
	case "8bit", "binary":
		return
	case "base64", "quoted-printable":
	default:
		r.add(badEncoding, at, "Content-Transfer-Encoding %s is not known.", quoted(p.Encoding))
		return
	}
	if _, problem := p.Decoded(); problem != "" {
		r.add(wrongEncoding, at, "The content is not valid: %s.", problem)
	}
	for line := range bytes.Lines(p.Content) {
		if text := bytes.TrimRight(line, "\r\n"); len(text) > 76 {
			r.add(longEncoded, at, "A line of %s has %d characters. At most 76 are allowed.", p.Encoding, len(text))
			return
		}
	}
}

// text checks the charset and the line ends of a text part.
func (r *report) text(p *eml.Part, at string) {
	content, _ := p.Decoded()
	charset := p.Params["charset"]
	eightBit := bytes.ContainsFunc(content, func(c rune) bool { return c >= 0x80 })
	if charset == "" {
		switch {
		case eightBit && p.IsAttachment():
			r.add(fileCharset, at, "The text file has octets above 127, and Content-Type names no charset. Programs guess it.")
		case eightBit:
			r.add(noCharset, at, "The text has octets above 127, but Content-Type names no charset.")
		}
	} else if _, known := eml.Charset(charset); !known {
		r.add(badCharset, at, "The charset %s is not known.", quoted(charset))
	} else if !eml.ValidIn(content, charset) {
		r.add(wrongCharset, at, "The text is not valid in its charset, %s.", charset)
	}
	if p.Encoding == "base64" && p.Disposition() != "attachment" {
		crlf := bytes.Count(content, []byte("\r\n"))
		if bytes.Count(content, []byte("\n")) != crlf || bytes.Count(content, []byte("\r")) != crlf {
			r.add(bareInText, at, "The encoded text has line ends other than CRLF.")
		}
	}
}

// executable matches the names of files that Windows can run. Many mail servers refuse such
// files.
var executable = regexp.MustCompile(`(?i)\.(?:bat|chm|cmd|com|cpl|exe|hta|jar|js|jse|lnk|msi|pif|ps1|reg|scr|vbe|vbs|wsf)$`)

// file checks the name of an attachment.
func (r *report) file(p *eml.Part, at string) {
	raw := p.RawFilename()
	switch {
	case p.Disposition() == "attachment" && raw == "" && len(p.Children) == 0:
		r.add(noFilename, at, "The attachment has no file name. Mail programs invent one.")
	case strings.ContainsAny(raw, `/\`) || raw == "..":
		r.add(badFilename, at, "The file name %s contains a folder. Mail programs use only the part after it.", quoted(raw))
	}
	if executable.MatchString(p.Filename()) {
		r.add(dangerousFile, at, "Many servers refuse a message with a file such as %s.", quoted(p.Filename()))
	}
}
