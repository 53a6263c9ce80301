// SPDX-License-Identifier: MIT

package critic

import (
	"net/url"
	"slices"
	"strings"

	"csmtp/tools/csmtp-testserver/internal/eml"
	"csmtp/tools/csmtp-testserver/internal/htmlview"
)

var (
	missingCID   = kind{"cid-missing", Error, "missing image", "RFC 2392"}
	unusedCID    = kind{"cid-unused", Note, "unused inline part", "RFC 2387"}
	script       = kind{"html-script", Warning, "script", ""}
	removed      = kind{"html-removed", Warning, "HTML that mail programs remove", ""}
	remoteImages = kind{"html-remote", Note, "remote content", ""}
	noAlt        = kind{"html-no-alt", Note, "image without alt", ""}
	bigHTML      = kind{"html-large", Note, "HTML > 102 KB", ""}
	metaCharset  = kind{"html-charset", Warning, "<meta> charset differs from Content-Type", ""}
	otherLink    = kind{"link-other-host", Warning, "link to another host", ""}
	relativeLink = kind{"link-relative", Warning, "relative link", ""}
)

// pages checks the HTML parts.
func (r *report) pages() {
	used, any := map[string]bool{}, false
	ids := map[string]*eml.Part{}
	for _, p := range r.message.All() {
		if id := p.ContentID(); id != "" {
			ids[id] = p
		}
	}
	for _, p := range r.message.Leaves() {
		if p.Type != "text/html" || p.Disposition() == "attachment" {
			continue
		}
		any = true
		text, _ := p.Text()
		_, facts := htmlview.Render(text, func(id string) (string, bool) { return "", ids[id] != nil })
		for _, id := range facts.ContentIDs {
			used[id] = true
		}
		r.page(p, text, facts)
		r.links(p, facts.Links)
	}
	for id, p := range ids {
		if any && !used[id] && strings.HasPrefix(p.Type, "image/") && p.Disposition() != "attachment" {
			r.add(unusedCID, where(p), "The HTML does not show an inline image. Mail programs list it as an attachment.")
			break
		}
	}
}

// page checks one HTML part.
func (r *report) page(p *eml.Part, text string, f htmlview.Facts) {
	at := where(p)
	for _, id := range f.Missing {
		r.add(missingCID, at, "The HTML shows cid:%s, but no part has this Content-ID.", id)
	}
	if f.Removed["script"] > 0 || f.Handlers > 0 {
		r.add(script, at, "The HTML contains a script. Mail programs remove scripts, and spam filters treat them as suspicious.")
	}
	var names []string
	for name := range f.Removed {
		if name != "script" {
			names = append(names, name)
		}
	}
	if slices.Sort(names); len(names) > 0 {
		r.add(removed, at, "Mail programs remove these elements: %s.", quoted(strings.Join(names, ", ")))
	}
	if n := len(f.Remote); n > 0 {
		r.add(remoteImages, at, "The HTML loads remote content from %d addresses. Most mail programs ask the reader first.", n)
	}
	if f.NoAlt > 0 {
		r.add(noAlt, at, "The HTML has %d images without the attribute alt. Readers who do not load images see nothing.", f.NoAlt)
	}
	if len(text) > 102<<10 {
		r.add(bigHTML, at, "The size of the HTML is %d KiB. Some mail programs show only the first 102 KiB.", len(text)>>10)
	}
	if c := p.Params["charset"]; f.Charset != "" && c != "" && !strings.EqualFold(f.Charset, c) {
		r.add(metaCharset, at, "The charset of <meta> is %s, but that of Content-Type is %s.", quoted(f.Charset), quoted(c))
	}
}

// links compares the text of each link with the link's target.
func (r *report) links(p *eml.Part, links []htmlview.Link) {
	for _, l := range links {
		target, err := url.Parse(l.Target)
		if err != nil || l.Target == "" || strings.HasPrefix(l.Target, "#") {
			continue
		}
		if target.Scheme == "" {
			r.add(relativeLink, where(p), "The link %s has no scheme. Mail programs cannot open it.", quoted(l.Target))
			continue
		}
		shown, err := url.Parse(l.Text)
		if err == nil && shown.Host != "" && target.Host != "" && !related(strings.ToLower(shown.Hostname()), strings.ToLower(target.Hostname())) {
			r.add(otherLink, where(p), "A link shows %s but leads to %s. Spam filters treat this as fraud.", quoted(shown.Host), quoted(target.Host))
		}
	}
}
