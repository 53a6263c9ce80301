// SPDX-License-Identifier: MIT

// Package htmlview turns the HTML of a message into HTML that is harmless in a browser. It
// keeps only the elements and attributes that it lists. The result runs no code and loads
// nothing, and no link that leaves the message can be followed. The caller sends it with a
// Content-Security-Policy and shows it in a sandboxed frame, so that the browser enforces
// the same rules.
package htmlview

import (
	"html"
	"regexp"
	"slices"
	"strings"

	xhtml "golang.org/x/net/html"
)

// maxSource is the maximum number of octets of HTML that are shown.
const maxSource = 4 << 20

// maxFacts is the maximum length of each list in Facts.
const maxFacts = 1000

var (
	ariaRE  = regexp.MustCompile(`^aria-[a-z]+$`)
	localRE = regexp.MustCompile(`(?i)^(?:data|cid|about):`)
)

// Link is a link of the message. The page shows the links outside the frame.
type Link struct {
	Target string `json:"target"`
	Text   string `json:"text"`
}

// Facts contains what Render has found in the HTML.
type Facts struct {
	Remote     []string // addresses that a browser would have loaded
	ContentIDs []string // the Content-IDs to which the HTML refers
	Missing    []string // those of ContentIDs that no part has
	Links      []Link
	Removed    map[string]int // for each element name, how often the element was removed
	Handlers   int            // the number of attributes such as onclick
	NoAlt      int            // the number of images without the attribute alt
	Charset    string         // of <meta>; lower case
	Cut        bool           // whether the HTML was too long to be shown completely
}

// Inline returns a data: URL of the part with this Content-ID.
type Inline func(contentID string) (url string, found bool)

// Render returns the harmless form of the HTML, and what it has found in the HTML.
func Render(source string, inline Inline) (string, Facts) {
	w := &writer{inline: inline, facts: Facts{Removed: map[string]int{}}}
	if len(source) > maxSource {
		source = strings.ToValidUTF8(source[:maxSource], "")
		w.facts.Cut = true
	}
	tokens := xhtml.NewTokenizer(strings.NewReader(source))
	for {
		kind := tokens.Next()
		if kind == xhtml.ErrorToken {
			break // the end
		}
		w.token(tokens.Token())
	}
	w.endLink()
	doctype := ""
	if w.standard {
		doctype = "<!DOCTYPE html>"
	}
	return doctype + head + w.out.String(), w.facts
}

// head is the beginning of each document. If a message sets no colours, its background is
// white in light and dark mode, as in mail programs.
const head = `<html><head><meta charset="utf-8"><title>Message</title>` +
	`<style>html{background:#fff;color:#000;color-scheme:light}body{font-family:sans-serif;overflow-wrap:break-word}img{max-width:100%}</style>`

type writer struct {
	inline   Inline
	facts    Facts
	out      strings.Builder
	standard bool   // whether the HTML has a doctype; without one, browsers use quirks mode
	raw      string // the name of the open element if it is in 'hidden'; else ""
	link     *Link
}

func (w *writer) token(t xhtml.Token) {
	switch t.Type {
	case xhtml.DoctypeToken:
		w.standard = true
	case xhtml.TextToken:
		w.text(t.Data)
	case xhtml.StartTagToken, xhtml.SelfClosingTagToken:
		w.raw = ""
		w.start(t)
	case xhtml.EndTagToken:
		w.raw = ""
		if t.Data == "a" {
			w.endLink()
		}
		if elements[t.Data] && !void[t.Data] && t.Data != "body" {
			w.out.WriteString("</" + t.Data + ">")
		}
	}
}

func (w *writer) text(text string) {
	switch w.raw {
	case "":
		if w.link != nil && len(w.link.Text) < 200 {
			w.link.Text += text
		}
		w.out.WriteString(html.EscapeString(text))
	case "style":
		w.out.WriteString(w.sheet(text))
	case "textarea", "xmp", "plaintext":
		w.out.WriteString(html.EscapeString(text))
	}
}

func (w *writer) endLink() {
	if w.link != nil {
		w.link.Text = strings.Join(strings.Fields(w.link.Text), " ")
		if len(w.facts.Links) < maxFacts {
			w.facts.Links = append(w.facts.Links, *w.link)
		}
		w.link = nil
	}
}

// hidden contains the elements whose content is not markup (HTML, section 13.1.2).
var hidden = []string{"script", "style", "noscript", "iframe", "noembed", "noframes", "title", "textarea", "xmp", "plaintext"}

func (w *writer) start(t xhtml.Token) {
	if slices.Contains(hidden, t.Data) {
		w.raw = t.Data // even after <style/>, which a browser treats as <style>
	}
	w.inspect(t)
	if !elements[t.Data] {
		if !ordinary[t.Data] {
			w.facts.Removed[t.Data]++
		}
		return
	}
	w.out.WriteString("<" + t.Data)
	alt := false
	for _, a := range t.Attr {
		key, value := strings.ToLower(a.Key), a.Val
		alt = alt || key == "alt"
		switch {
		case a.Namespace != "":
			continue
		case key == "style":
			value = w.css(value)
		case t.Data == "img" && key == "src", key == "background":
			if value = w.image(value); value == "" {
				continue
			}
		case t.Data == "a" && key == "href":
			w.endLink()
			w.link = &Link{Target: strings.TrimSpace(value)}
			if !strings.HasPrefix(value, "#") {
				key = "title" // the address becomes a tooltip, because the link cannot be followed
			}
		case t.Data == "a" && key == "title", !attributes[key] && !ariaRE.MatchString(key):
			continue
		}
		w.out.WriteString(" " + key + `="` + html.EscapeString(value) + `"`)
	}
	if t.Data == "img" && !alt {
		w.facts.NoAlt++
	}
	w.out.WriteString(">")
}

// inspect records what a browser would run or load in the original HTML, and the charset of
// <meta>.
func (w *writer) inspect(t xhtml.Token) {
	for _, a := range t.Attr {
		key := strings.ToLower(a.Key)
		switch {
		case strings.HasPrefix(key, "on"):
			w.facts.Handlers++
		case key == "srcset" || key == "imagesrcset" || key == "poster" || key == "data" && t.Data == "object" || key == "src" && t.Data != "img" ||
			key == "href" && (t.Data == "link" || t.Data == "image" || t.Data == "use"):
			w.remote(a.Val)
		case t.Data == "meta" && key == "charset":
			w.facts.Charset = strings.ToLower(strings.TrimSpace(a.Val))
		case t.Data == "meta" && key == "content":
			if _, charset, found := strings.Cut(strings.ToLower(a.Val), "charset="); found {
				w.facts.Charset = strings.Trim(charset, ` "';`)
			}
		}
	}
	if t.Data == "meta" && slices.ContainsFunc(t.Attr, func(a xhtml.Attribute) bool {
		return strings.EqualFold(a.Key, "http-equiv") && strings.EqualFold(strings.TrimSpace(a.Val), "refresh")
	}) {
		w.facts.Removed["meta refresh"]++
	}
}

func (w *writer) remote(address string) {
	address = strings.TrimSpace(address)
	if address != "" && !localRE.MatchString(address) && len(w.facts.Remote) < maxFacts {
		w.facts.Remote = append(w.facts.Remote, address)
	}
}

// image returns the data: URL of an image, or "".
func (w *writer) image(address string) string {
	address = strings.TrimSpace(address)
	lower := strings.ToLower(address)
	switch {
	case strings.HasPrefix(lower, "cid:"):
		return w.contentID(address[4:])
	case strings.HasPrefix(lower, "data:image/"):
		return address
	}
	w.remote(address)
	return ""
}

func (w *writer) contentID(id string) string {
	id = unescaped(id)
	if len(w.facts.ContentIDs) == maxFacts {
		return ""
	}
	w.facts.ContentIDs = append(w.facts.ContentIDs, id)
	if w.inline != nil {
		if url, found := w.inline(id); found {
			return url
		}
	}
	w.facts.Missing = append(w.facts.Missing, id)
	return ""
}
