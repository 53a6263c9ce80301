// SPDX-License-Identifier: MIT

package dkim

import (
	"fmt"
	"strings"
)

// ParseRecords parses the TXT records of DKIM keys in the form of a zone file (RFC 1035,
// section 5.1), as opendkim-genkey writes them:
//
//	s1._domainkey.example.com. IN TXT ( "v=DKIM1; k=rsa; " "p=MIIB..." ) ; comment
//
// or without quotes, one per line:
//
//	s1._domainkey.example.com v=DKIM1; k=rsa; p=MIIB...
//
// If a name ends in ._domainkey, its record applies to the selector in every domain.
func ParseRecords(text string) (Lookup, error) {
	records := map[string]string{}
	var words []string // of the entry
	quoted := false    // whether the entry contains quotes
	depth, line := 0, 0
	for text := range strings.Lines(text) {
		line++
		found, opened, err := split1035(strings.TrimRight(text, "\r\n"), depth, &quoted)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		words, depth = append(words, found...), opened
		if depth > 0 || len(words) == 0 {
			continue
		}
		name, record, err := entry(words, quoted)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		records[name] = record
		words, quoted = nil, false
	}
	if depth > 0 {
		return nil, fmt.Errorf("line %d: the parenthesis is not closed", line)
	}
	return func(name string) (string, bool) {
		if record, found := records[name]; found {
			return record, true
		}
		selector, _, _ := strings.Cut(name, "._domainkey.")
		record, found := records[selector+"._domainkey"]
		return record, found
	}, nil
}

// split1035 returns the words of a line, and the number of parentheses that are open at the
// end of the line. 'depth' is that number at its beginning. If the line contains quotes, it
// sets *quoted. A word that was in quotes keeps its first quote.
func split1035(line string, depth int, quoted *bool) ([]string, int, error) {
	if !strings.Contains(line, `"`) && !*quoted && depth == 0 && !strings.Contains(line, "(") {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, ";") || strings.HasPrefix(line, "#") {
			return nil, 0, nil
		}
		return strings.Fields(line), 0, nil // the semicolons in this line separate tags
	}
	var words []string
	for line != "" {
		switch c := line[0]; c {
		case ' ', '\t':
			line = line[1:]
		case ';':
			line = ""
		case '(', ')':
			if depth++; c == ')' {
				depth -= 2
			}
			if depth < 0 {
				return nil, 0, fmt.Errorf("there is no opening parenthesis")
			}
			line = line[1:]
		case '"':
			end := strings.IndexByte(line[1:], '"')
			if end < 0 {
				return nil, 0, fmt.Errorf("the quote is not closed")
			}
			*quoted = true
			words = append(words, line[:end+1])
			line = line[end+2:]
		default:
			end := strings.IndexAny(line, " \t;()\"")
			if end < 0 {
				end = len(line)
			}
			words = append(words, line[:end])
			line = line[end:]
		}
	}
	return words, depth, nil
}

// entry returns the name and the text of one record.
func entry(words []string, quoted bool) (name, record string, err error) {
	name = strings.ToLower(strings.TrimSuffix(words[0], "."))
	if !strings.Contains(name, "._domainkey") {
		return "", "", fmt.Errorf("%q is not the name of a DKIM key, such as s1._domainkey.example.com", words[0])
	}
	for i, w := range words[1:] {
		switch text, is := strings.CutPrefix(w, `"`); {
		case is:
			record += text
		case quoted:
			if upper := strings.ToUpper(w); upper != "IN" && upper != "TXT" && strings.Trim(w, "0123456789") != "" {
				return "", "", fmt.Errorf("unexpected %q outside the quotes", w)
			}
		case i == 0 && strings.EqualFold(w, "IN"), record == "" && strings.EqualFold(w, "TXT"):
		default:
			record += w + " "
		}
	}
	if _, err := parseKey(record); err != nil {
		return "", "", err
	}
	return name, record, nil
}
