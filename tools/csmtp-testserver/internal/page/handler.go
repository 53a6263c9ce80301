// SPDX-License-Identifier: MIT

package page

import (
	"bytes"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"csmtp/tools/csmtp-testserver/internal/eml"
	"csmtp/tools/csmtp-testserver/internal/htmlview"
	"csmtp/tools/csmtp-testserver/internal/store"
)

//go:embed assets
var assets embed.FS

// ServeHTTP responds to the requests of the page.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	protect(w.Header(), filePolicy)
	if r.URL.Path == "/clear" && !p.options.Preview {
		p.clear(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "Use GET.", http.StatusMethodNotAllowed)
		return
	}
	switch path := strings.TrimPrefix(r.URL.Path, "/"); path {
	case "":
		p.index(w)
	case "inbox.css":
		p.asset(w, path, "text/css; charset=utf-8")
	case "inbox.js":
		p.asset(w, path, "text/javascript; charset=utf-8")
	case "events":
		p.events(w, r)
	case "mails":
		p.list(w)
	default:
		p.mail(w, path)
	}
}

func (p *Page) clear(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", "POST")
		http.Error(w, "Use POST.", http.StatusMethodNotAllowed)
		return
	}
	if err := p.mails.Clear(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (p *Page) index(w http.ResponseWriter) {
	text, err := assets.ReadFile("assets/index.html")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if p.options.Preview {
		text = bytes.Replace(text, []byte(`data-mode="inbox"`), []byte(`data-mode="preview"`), 1)
	}
	protect(w.Header(), pagePolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(text)
}

func (p *Page) asset(w http.ResponseWriter, name, kind string) {
	text, err := assets.ReadFile("assets/" + name)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Write(text)
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}

func (p *Page) list(w http.ResponseWriter) {
	mails := p.mails.Mails()
	p.forget(mails)
	rows := make([]summary, 0, len(mails))
	for i := range mails {
		rows = append(rows, p.row(&mails[i]))
	}
	answer(w, map[string]any{"mails": rows})
}

// mail responds to mails/N, mails/N/source, mails/N/html/PART and mails/N/file/PART.
func (p *Page) mail(w http.ResponseWriter, path string) {
	words := strings.Split(path, "/")
	m, found := store.Mail{}, false
	if words[0] == "mails" && len(words) > 1 {
		if n, err := strconv.Atoi(words[1]); err == nil {
			m, found = p.mails.Mail(n)
		}
	}
	if !found {
		http.Error(w, "There is no such mail.", http.StatusNotFound)
		return
	}
	message, findings, err := p.read(&m)
	if len(words) == 2 {
		answer(w, p.describe(&m, message, findings))
		return
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	if len(words) == 3 && words[2] == "source" {
		download(w, fmt.Sprintf("%d.eml", m.Number), message.Raw)
		return
	}
	var part *eml.Part
	if len(words) == 4 {
		part = message.Find(strings.TrimPrefix(words[3], "0"))
	}
	switch {
	case part == nil:
		http.Error(w, "There is no such part.", http.StatusNotFound)
	case words[2] == "html" && part.Type == "text/html":
		p.html(w, message, part)
	case words[2] == "file":
		content, _ := part.Decoded()
		download(w, fileName(part), content)
	default:
		http.Error(w, "There is no such part.", http.StatusNotFound)
	}
}

// html responds with the harmless form of an HTML part, which the page shows in a frame.
func (p *Page) html(w http.ResponseWriter, m *eml.Message, part *eml.Part) {
	protect(w.Header(), framePolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	text, _ := part.Text()
	page, _ := htmlview.Render(text, inline(m))
	io.WriteString(w, page)
}

// maxInline is the maximum number of octets of all images in one HTML part.
const maxInline = 32 << 20

// inline returns a function that returns the images of a message in the form of data: URLs.
func inline(m *eml.Message) htmlview.Inline {
	parts := map[string]*eml.Part{}
	for _, p := range m.All() {
		if id := p.ContentID(); id != "" && parts[id] == nil {
			parts[id] = p
		}
	}
	left := maxInline
	return func(id string) (string, bool) {
		p := parts[id]
		if p == nil {
			return "", false
		}
		if left -= len(p.Content); left < 0 {
			return "", false
		}
		kind := "application/octet-stream"
		if strings.HasPrefix(p.Type, "image/") {
			kind = p.Type
		}
		content, _ := p.Decoded()
		return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(content), true
	}
}

// download responds with a file, which the browser saves and does not display.
func download(w http.ResponseWriter, name string, content []byte) {
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", "attachment")
	if value := mime.FormatMediaType("attachment", map[string]string{"filename": name}); value != "" {
		h.Set("Content-Disposition", value)
	}
	h.Set("Content-Length", fmt.Sprint(len(content)))
	w.Write(content)
}

// fileName returns the name under which the browser saves a part.
func fileName(p *eml.Part) string {
	name := strings.TrimLeft(strings.Map(func(r rune) rune {
		if hides(r) || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, p.Filename()), ".")
	if name != "" {
		return name
	}
	suffix := ".bin"
	switch p.Type {
	case "text/plain":
		suffix = ".txt"
	case "text/html":
		suffix = ".html"
	case "message/rfc822":
		suffix = ".eml"
	}
	return "part-" + number(p) + suffix
}

// number returns the path of a part in the form that URLs contain. "0" stands for the whole
// message.
func number(p *eml.Part) string {
	if p.Path == "" {
		return "0"
	}
	return p.Path
}
