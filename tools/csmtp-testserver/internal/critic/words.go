// SPDX-License-Identifier: MIT

package critic

import (
	"encoding/base64"
	"regexp"
	"strings"

	"csmtp/tools/csmtp-testserver/internal/eml"
)

var (
	badWord      = kind{"encoded-word-malformed", Error, "malformed encoded-word", "RFC 2047, section 2"}
	longWord     = kind{"encoded-word-long", Error, "long encoded-word", "RFC 2047, section 2"}
	quotedWord   = kind{"encoded-word-quoted", Error, "quoted encoded-word", "RFC 2047, section 5"}
	paramWord    = kind{"encoded-word-parameter", Warning, "encoded-word in a parameter", "RFC 2231, section 4"}
	oldParamWord = kind{"encoded-word-parameter-old", Note, "encoded-word in a parameter", "RFC 2231, section 4"}
	wordCharset  = kind{"charset-unknown", Error, "unknown charset", "RFC 2047, section 2"}
	splitWord    = kind{"encoded-word-split", Error, "split character", "RFC 2047, section 5"}
)

var (
	wordRE   = regexp.MustCompile(`=\?[^?\s]*\?[^?\s]*\?[^?\s]*\?=`)
	nearRE   = regexp.MustCompile(`=\?[\w-]+\?[BbQq]\?`)
	stringRE = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
)

// structured matches the names of the fields whose values consist of addresses.
var structured = regexp.MustCompile(`(?i)^(?:From|Sender|To|Cc|Bcc|Reply-To)$`)

// words checks the encoded-words in the header of a part.
func (r *report) words(p *eml.Part) {
	for _, f := range p.Fields {
		place := where(p)
		if place == "" {
			place = lineNumber(f.Line)
		}
		whole := wordRE.FindAllString(f.Value, -1)
		if strings.Count(f.Value, "=?") > 0 && len(nearRE.FindAllString(f.Value, -1)) > len(whole) {
			r.add(badWord, place, "%s contains an encoded-word that has no end, or that contains a space.", f.Name)
		}
		if lower := strings.ToLower(f.Name); len(whole) > 0 && (lower == "content-type" || lower == "content-disposition") {
			if lower == "content-type" && strings.Contains(strings.ToLower(p.Get("Content-Disposition")), "filename*") {
				r.add(oldParamWord, place, "%s contains an encoded-word in a parameter, for programs that do not support filename* in Content-Disposition.", f.Name)
				continue
			}
			r.add(paramWord, place, "%s contains an encoded-word in a parameter. Use the syntax of RFC 2231: name*=UTF-8''...", f.Name)
			continue
		}
		if structured.MatchString(f.Name) {
			for _, s := range stringRE.FindAllString(f.Value, -1) {
				if wordRE.MatchString(s) {
					r.add(quotedWord, place, "%s contains an encoded-word between quotes, where it is not decoded.", f.Name)
				}
			}
		}
		for _, w := range whole {
			r.word(f.Name, place, w)
		}
	}
}

// word checks one encoded-word.
func (r *report) word(field, place, w string) {
	if len(w) > 75 {
		r.add(longWord, place, "%s contains an encoded-word of %d characters. At most 75 are allowed.", field, len(w))
	}
	pieces := strings.Split(w[2:len(w)-2], "?")
	charset, _, _ := strings.Cut(pieces[0], "*") // a language may follow
	var content []byte
	switch strings.ToUpper(pieces[1]) {
	case "B":
		var err error
		if content, err = base64.StdEncoding.DecodeString(pieces[2]); err != nil {
			r.add(badWord, place, "%s contains an encoded-word that is not valid base64: %s.", field, quoted(w))
			return
		}
	case "Q":
		part := eml.Part{Encoding: "quoted-printable", Content: []byte(strings.ReplaceAll(pieces[2], "_", " ") + "=")}
		var problem string
		if content, problem = part.Decoded(); problem != "" {
			r.add(badWord, place, "%s contains an encoded-word that is not valid: %s.", field, quoted(w))
			return
		}
	default:
		r.add(badWord, place, "%s contains an encoded-word whose encoding is not B or Q: %s.", field, quoted(w))
		return
	}
	if _, known := eml.Charset(charset); !known {
		r.add(wordCharset, place, "%s uses the charset %s, which is not known.", field, quoted(charset))
	} else if !eml.ValidIn(content, charset) {
		r.add(splitWord, place, "%s contains an encoded-word that is not valid in its charset %s. A character must not be divided between two encoded-words.", field, charset)
	}
}
