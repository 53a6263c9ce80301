// SPDX-License-Identifier: MIT

package smtp

import (
	"bytes"
	"slices"
	"strconv"
	"unicode/utf8"

	"csmtp/smtp/internal/wire"
	"csmtp/smtp/secret"
)

// Limits of one reply; the limit of one line is wire.MaxLine.
const (
	maxReplyLines  = 512
	maxReplyOctets = 256 << 10
)

// syntaxError is the error for a reply that is not SMTP.
type syntaxError string

func (e syntaxError) Error() string { return string(e) }

// rawReply is a reply as it was received. The session reuses its memory, so that no
// allocation is needed if only the code of a reply matters.
type rawReply struct {
	code int
	text []byte // lines without codes, joined by LF

	secrets *secret.Set                 // to be hidden in a Reply
	decode  func(string) (string, bool) // Config.DecodeText
}

// parseReplyLine parses one line of a reply. It accepts a code without text, since RFC
// 5321, section 4.2, only recommends a text.
func parseReplyLine(line []byte) (code int, more bool, text []byte, ok bool) {
	if len(line) < 3 || !isDigit(line[0]) || !isDigit(line[1]) || !isDigit(line[2]) ||
		line[0] < '2' || line[0] > '5' {
		return 0, false, nil, false
	}
	code = int(line[0]-'0')*100 + int(line[1]-'0')*10 + int(line[2]-'0')
	if len(line) == 3 {
		return code, false, nil, true
	}
	switch line[3] {
	case ' ':
	case '-':
		more = true
	default:
		return 0, false, nil, false
	}
	return code, more, line[4:], true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// notReply returns the error for a line that is not part of a reply. It hides secrets
// before it truncates the line.
func (raw *rawReply) notReply(line []byte) error {
	if len(line) == 0 {
		return syntaxError("an empty line instead of a reply")
	}
	_, texts := raw.lines()
	shown := raw.shownLines(append(texts, string(line)))
	text := shown[len(shown)-1]
	if len(text) > 80 {
		n := 80
		for !utf8.RuneStart(text[n]) {
			n--
		}
		text = text[:n]
	}
	return syntaxError("not an SMTP reply: " + strconv.Quote(Visible(text)))
}

// readReply reads one reply into raw. If trace is not nil, readReply calls it for each line.
func readReply(rd *wire.Reader, raw *rawReply, trace func(line []byte)) error {
	raw.code, raw.text = 0, raw.text[:0]
	for n := 1; ; n++ {
		line, err := rd.Line()
		if err != nil {
			return err
		}
		if trace != nil {
			trace(line)
		}
		code, more, text, ok := parseReplyLine(line)
		if !ok {
			return raw.notReply(line)
		}
		if n == 1 {
			raw.code = code
		} else {
			if code != raw.code {
				return syntaxError("the lines of one reply have different codes, " + strconv.Itoa(raw.code) + " and " + strconv.Itoa(code))
			}
			raw.text = append(raw.text, '\n')
		}
		raw.text = append(raw.text, text...)
		if !more {
			return nil
		}
		if n == maxReplyLines {
			return syntaxError("the reply has more than " + strconv.Itoa(maxReplyLines) + " lines")
		}
		if len(raw.text) > maxReplyOctets {
			return syntaxError("the reply has more than " + strconv.Itoa(maxReplyOctets>>10) + " KiB")
		}
	}
}

// reply returns a copy of raw as a Reply.
func (raw *rawReply) reply() *Reply {
	if bytes.IndexByte(raw.text, '\n') < 0 {
		// Allocate the reply and its only line together.
		one := &struct {
			Reply
			line [1]string
		}{}
		one.Code = raw.code
		var text []byte
		one.Enhanced, text = parseEnhanced(raw.code, raw.text)
		one.line[0] = raw.shown(text)
		one.Lines = one.line[:]
		return &one.Reply
	}
	codes, texts := raw.lines()
	r := &Reply{Code: raw.code, Lines: make([]string, 0, len(texts))}
	r.Enhanced, _ = parseEnhanced(raw.code, []byte(codes[0]))
	for i, line := range raw.shownLines(texts) {
		if code, _ := parseEnhanced(raw.code, []byte(codes[i])); code != r.Enhanced {
			line = codes[i] + line
		}
		r.Lines = append(r.Lines, Visible(line))
	}
	return r
}

// lines returns each line of the text in two parts: the enhanced status code with the
// blanks after it (or ""), and the rest. The callers search for secrets in the second parts
// of all lines together, since a secret may be split over several lines, with codes between
// its parts.
func (raw *rawReply) lines() (codes, texts []string) {
	for line := range bytes.SplitSeq(raw.text, []byte{'\n'}) {
		_, text := parseEnhanced(raw.code, line)
		codes = append(codes, string(line[:len(line)-len(text)]))
		texts = append(texts, string(text))
	}
	return codes, texts
}

// shown returns a line of text without secrets and control characters.
func (raw *rawReply) shown(text []byte) string {
	if isASCII(text) {
		if raw.secrets == nil {
			return visible(text)
		}
		return Visible(raw.secrets.Hide(string(text)))
	}
	return Visible(raw.shownLines([]string{string(text)})[0])
}

// shownLines returns the lines of one reply in UTF-8 and without secrets, but with control
// characters. It searches for secrets before and after decoding, since some secrets are
// found only before, and others only after decoding.
func (raw *rawReply) shownLines(lines []string) []string {
	lines = raw.secrets.HideLines(lines)
	decoded := make([]string, len(lines))
	for i, line := range lines {
		decoded[i] = raw.utf8(line)
	}
	if slices.Equal(decoded, lines) {
		return lines
	}
	return raw.secrets.HideLines(decoded)
}

// utf8 returns the text in UTF-8. It replaces each octet that cannot be decoded with
// U+FFFD.
func (raw *rawReply) utf8(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	if raw.decode != nil {
		if decoded, ok := raw.decode(text); ok && utf8.ValidString(decoded) {
			return decoded
		}
	}
	return string([]rune(text))
}

// parseEnhanced returns the enhanced status code at the start of a reply's text (RFC 2034,
// section 4), and the text after it. If the class is not the first digit of the reply code,
// the digits are not an enhanced status code, but a part of the text.
func parseEnhanced(code int, text []byte) (EnhancedCode, []byte) {
	var e EnhancedCode
	p := text
	for i := range e {
		n, most := 0, 3
		if i == 0 {
			most = 1 // the class has one digit (RFC 3463, section 2)
		}
		for n < len(p) && n < most && isDigit(p[n]) {
			e[i] = e[i]*10 + int(p[n]-'0')
			n++
		}
		if n == 0 {
			return EnhancedCode{}, text
		}
		p = p[n:]
		if i < 2 {
			if len(p) == 0 || p[0] != '.' {
				return EnhancedCode{}, text
			}
			p = p[1:]
		}
	}
	if len(p) > 0 && p[0] != ' ' && p[0] != '\t' || e[0] != code/100 || e[0] == 3 {
		return EnhancedCode{}, text
	}
	return e, bytes.TrimLeft(p, " \t")
}
