// SPDX-License-Identifier: MIT

package htmlview

import (
	"net/url"
	"regexp"
	"strings"
)

func unescaped(id string) string {
	if plain, err := url.PathUnescape(id); err == nil {
		return plain
	}
	return id
}

var (
	urlRE    = regexp.MustCompile(`(?i)url\(\s*("[^"]*"|'[^']*'|[^)"'\s]*)\s*\)`)
	importRE = regexp.MustCompile(`(?i)@import\s*(?:url\(\s*)?["']?([^"')\s;]*)[^;]*;?`)
	tagRE    = regexp.MustCompile(`<([A-Za-z/!?])`)
)

// sheet returns a style sheet without the parts that could load something.
func (w *writer) sheet(text string) string {
	text = strings.NewReplacer("<!--", "", "-->", "").Replace(text)
	text = importRE.ReplaceAllStringFunc(text, func(rule string) string {
		w.remote(importRE.FindStringSubmatch(rule)[1])
		return ""
	})
	// Everything in the sheet that looks like a tag is escaped, so that the browser never
	// treats it as a tag.
	return tagRE.ReplaceAllString(w.css(text), `\3c $1`)
}

// css removes the URLs in declarations, except data: URLs and fragments. It replaces cid:
// URLs with data: URLs. It does not find all URLs: for example, it misses those that contain
// escapes. The Content-Security-Policy of the frame blocks the URLs that it misses.
func (w *writer) css(text string) string {
	return urlRE.ReplaceAllStringFunc(text, func(found string) string {
		address := strings.TrimSpace(strings.Trim(urlRE.FindStringSubmatch(found)[1], `"'`))
		lower := strings.ToLower(address)
		switch {
		case strings.HasPrefix(lower, "cid:"):
			return "url('" + w.contentID(address[4:]) + "')"
		case strings.HasPrefix(lower, "data:"), strings.HasPrefix(lower, "#"):
			return found
		}
		w.remote(address)
		return "url('')"
	})
}
