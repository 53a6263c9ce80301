// SPDX-License-Identifier: MIT

package page

import (
	"strings"
	"time"
	"unicode/utf8"

	"csmtp/tools/csmtp-testserver/internal/critic"
	"csmtp/tools/csmtp-testserver/internal/eml"
	"csmtp/tools/csmtp-testserver/internal/htmlview"
	"csmtp/tools/csmtp-testserver/internal/store"
)

// The limits of what the page shows. A download is always complete.
const (
	maxValue  = 1000      // octets of a value
	maxRaw    = 64 << 10  // octets of a header field that are decoded
	maxText   = 1 << 20   // octets of a text
	maxSource = 512 << 10 // octets of the source
	maxLines  = 5000      // lines of the dialogue
)

// summary is a row of the list of mails.
type summary struct {
	Number   int       `json:"number"`
	Received time.Time `json:"received"`
	From     string    `json:"from"`
	To       string    `json:"to"`
	Subject  string    `json:"subject"`
	Size     int64     `json:"size"`
	Files    int       `json:"files"`
	Kept     bool      `json:"kept"` // whether the content is kept
	Marks    []mark    `json:"marks"`
}

// mark is a finding in a row of the list.
type mark struct {
	ID    string       `json:"id"`
	Level critic.Level `json:"level"`
	Short string       `json:"short"`
}

// details contains what the page shows about one mail besides its row in the list.
type details struct {
	summary
	Envelope  *envelope        `json:"envelope,omitempty"`
	Findings  []critic.Finding `json:"findings"`
	Session   int              `json:"session"`
	Header    []field          `json:"header"`
	RawHeader string           `json:"rawHeader"`
	Text      *string          `json:"text"` // null if there is no text
	TextPart  string           `json:"textPart"`
	HTML      []html           `json:"html"`
	Parts     []part           `json:"parts"`
	Source    string           `json:"source"`
	SourceCut bool             `json:"sourceCut"`
	Dialogue  []string         `json:"dialogue"`
}

type envelope struct {
	From       string   `json:"from"`
	Params     []string `json:"params"`
	Recipients []string `json:"recipients"`
	Login      string   `json:"login"`
	TLS        string   `json:"tls"`
}

type field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type html struct {
	Part   string          `json:"part"`
	Remote []string        `json:"remote"`
	Links  []htmlview.Link `json:"links"`
	Cut    bool            `json:"cut"`
}

type part struct {
	Part        string `json:"part"`
	Depth       int    `json:"depth"`
	Type        string `json:"type"`
	Charset     string `json:"charset"`
	Encoding    string `json:"encoding"`
	Disposition string `json:"disposition"`
	Name        string `json:"name"`
	ContentID   string `json:"contentID"`
	Size        int    `json:"size"` // decoded
	Multi       bool   `json:"multi"`
	Attachment  bool   `json:"attachment"`
}

func (p *Page) summarize(m *store.Mail, message *eml.Message, findings []critic.Finding) summary {
	s := summary{Number: m.Number, Received: m.Received, Size: m.Size, Marks: []mark{}, Kept: m.Size == 0 || len(message.Raw) > 0,
		From: decoded(message.Get("From"), maxValue), Subject: decoded(message.Get("Subject"), maxValue)}
	for _, f := range findings {
		s.Marks = append(s.Marks, mark{f.ID, f.Level, f.Short})
	}
	to := append(message.Values("To"), message.Values("Cc")...)
	if len(to) == 0 && !p.options.Preview {
		to = recipients(m)
	}
	s.To = decoded(strings.Join(to, ", "), maxValue)
	if s.From == "" {
		s.From = visible(m.From, maxValue)
	}
	for _, q := range message.All() {
		if q.IsAttachment() && q.Path != "" {
			s.Files++
		}
	}
	return s
}

// recipients returns the addresses of the recipients in the envelope.
func recipients(m *store.Mail) []string {
	var addresses []string
	for _, r := range m.Recipients {
		addresses = append(addresses, r.Address)
	}
	return addresses
}

// decoded decodes the beginning of a header field for one line of the page.
func decoded(value string, most int) string {
	return visible(eml.DecodeWords(value[:min(len(value), maxRaw)]), most)
}

func (p *Page) describe(m *store.Mail, message *eml.Message, findings []critic.Finding) details {
	d := details{summary: p.summarize(m, message, findings), Findings: findings, Session: m.Session, Dialogue: []string{}, Header: []field{},
		HTML: []html{}, Parts: []part{}}
	if !p.options.Preview {
		d.Envelope = &envelope{From: visible(m.From, maxValue), Params: allVisible(m.Params), Recipients: allVisible(recipients(m)),
			Login: visible(m.Login, maxValue), TLS: m.TLS}
	}
	for _, f := range message.Fields {
		d.Header = append(d.Header, field{Name: visible(f.Name, maxValue), Value: decoded(f.Value, 10*maxValue)})
	}
	d.RawHeader, _ = source(message.Raw[:len(message.Raw)-len(message.Content)])
	d.Source, d.SourceCut = source(message.Raw)
	for _, q := range message.All() {
		d.part(q)
	}
	if in, known := p.mails.Session(m.Session); known {
		all := in.Dialogue.Lines()
		d.Dialogue = allVisible(all[:min(len(all), maxLines)])
	}
	return d
}

// part adds a part to the list of parts. Unless the part is an attachment, it also adds the
// links and remote addresses of HTML, or the text of the first part with plain text.
func (d *details) part(q *eml.Part) {
	content, _ := q.Decoded()
	depth := 0
	if q.Path != "" {
		depth = 1 + strings.Count(q.Path, ".")
	}
	d.Parts = append(d.Parts, part{Part: number(q), Depth: depth, Type: visible(q.Type, 100), Charset: visible(q.Params["charset"], 100),
		Encoding: visible(q.Encoding, 100), Disposition: visible(q.Disposition(), 100), Name: visible(q.Filename(), maxValue),
		ContentID: visible(q.ContentID(), maxValue), Size: len(content), Multi: strings.HasPrefix(q.Type, "multipart/"), Attachment: q.IsAttachment()})
	if q.Disposition() == "attachment" || len(q.Children) > 0 {
		return
	}
	switch {
	case q.Type == "text/html":
		text, _ := q.Text()
		_, facts := htmlview.Render(text, nil)
		h := html{Part: number(q), Remote: []string{}, Links: []htmlview.Link{}, Cut: facts.Cut}
		for _, address := range facts.Remote {
			h.Remote = append(h.Remote, visible(address, maxValue))
		}
		for _, l := range facts.Links {
			h.Links = append(h.Links, htmlview.Link{Target: visible(l.Target, 10*maxValue), Text: visible(l.Text, maxValue)})
		}
		d.HTML = append(d.HTML, h)
	case q.Type == "text/plain" && d.Text == nil && q.Filename() == "":
		text, _ := q.Text()
		text = lines(strings.ReplaceAll(shorten(text, maxText), "\r\n", "\n"), false)
		d.Text, d.TextPart = &text, number(q)
	}
}

// source returns the octets of a message as text. If the message is long, the text contains
// only its beginning, and the second result is true.
func source(raw []byte) (text string, cut bool) {
	cut = len(raw) > maxSource
	if cut {
		raw = raw[:maxSource]
	}
	if utf8.Valid(raw) || cut {
		return lines(strings.ToValidUTF8(string(raw), "\uFFFD"), true), cut
	}
	var b strings.Builder
	for len(raw) > 0 {
		r, n := utf8.DecodeRune(raw)
		if r == utf8.RuneError && n == 1 {
			r = rune(raw[0]) // as in ISO-8859-1
		}
		b.WriteRune(r)
		raw = raw[n:]
	}
	return lines(b.String(), true), cut
}

// lines returns a text in which control characters are visible. If 'wire' is true, the lines
// of the text end in CRLF, and an LF without a CR is visible too.
func lines(text string, wire bool) string {
	var b strings.Builder
	for i, r := range text {
		switch {
		case wire && r == '\n' && (i == 0 || text[i-1] != '\r'):
			b.WriteString("\u240A\n")
		case r == '\r' && i+1 < len(text) && text[i+1] == '\n':
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case r < ' ':
			b.WriteRune(0x2400 + r)
		case hides(r):
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// visible returns s in a form that fits into one line: valid UTF-8 without control
// characters. A text of more than about 'most' octets is cut and ends in an ellipsis.
func visible(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case hides(r):
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return shorten(s, most)
}

func allVisible(texts []string) []string {
	all := make([]string, 0, len(texts))
	for _, s := range texts {
		all = append(all, visible(s, maxValue))
	}
	return all
}

func shorten(s string, most int) string {
	for i := range s {
		if i >= most {
			return s[:i] + "\u2026"
		}
	}
	return s
}

// hides reports whether a character is a control character or a line separator, or changes
// the direction of the text after it, such as U+202E.
func hides(r rune) bool {
	return r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r == 0x2028 || r == 0x2029
}
