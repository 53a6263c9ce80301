// SPDX-License-Identifier: MIT

package header

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
)

var (
	groupLine   = regexp.MustCompile(`^/\* -{4} (.+?) -+ \*/$`)
	declaration = regexp.MustCompile(`^CSMTP_API\s+(.*?)\s*CSMTP_CALL\s+CSmtp_(\w+)\s*\((.*)\)\s*;$`)
	comment     = regexp.MustCompile(`(?s)/\*.*?\*/`)
	callback    = regexp.MustCompile(`^(.*?)\s*\(\s*CSMTP_CALL\s*\*\s*(\w+)\s*\)\s*\((.*)\)$`)
	structure   = regexp.MustCompile(`^struct \w+ \{ (.*) \} \w+$`)
	parameter   = regexp.MustCompile(`^(.*?)(\w+)$`)
	blanks      = regexp.MustCompile(`\s+`)
	mark        = regexp.MustCompile(`\[([^]]*)\]$`)
)

// ReadFile reads the header at path.
func ReadFile(path string) (*Header, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	h, err := Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return h, nil
}

// Parse reads a header that is written like csmtp_c.h: no preprocessor line is continued on
// the next line, and each declaration ends with a semicolon. If Parse cannot read a
// declaration, its error contains the line number.
func Parse(text string) (*Header, error) {
	p := parser{h: new(Header)}
	for rest, line := text, 1; rest != ""; {
		token, after := next(rest)
		if err := p.take(strings.TrimSpace(token)); err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		line += strings.Count(rest[:len(rest)-len(after)], "\n")
		rest = after
	}
	for i, g := range p.h.Groups {
		for _, f := range p.h.Functions {
			if f.Group == g.Title {
				p.h.Groups[i].Functions = append(p.h.Groups[i].Functions, f)
			}
		}
	}
	return p.h, nil
}

// next splits text after its first token, which is a comment, a preprocessor line, a
// declaration or a line end.
func next(text string) (token, rest string) {
	trimmed := strings.TrimLeft(text, " \t")
	skipped := len(text) - len(trimmed)
	end := len(text)
	switch {
	case strings.HasPrefix(trimmed, "\n"):
		end = skipped + 1
	case strings.HasPrefix(trimmed, "/*"):
		if i := strings.Index(trimmed, "*/"); i >= 0 {
			end = skipped + i + 2
		}
	case strings.HasPrefix(trimmed, "#"), strings.HasPrefix(trimmed, `extern "C" {`), strings.HasPrefix(trimmed, "}\n"):
		if i := strings.Index(trimmed, "\n"); i >= 0 {
			end = skipped + i
		}
	default:
		mark := ";"
		if strings.HasPrefix(trimmed, "enum") {
			mark = "};" // the comments in an enumeration can contain semicolons
		}
		start := 0
		if strings.HasPrefix(trimmed, "typedef struct") {
			start = max(strings.Index(trimmed, "\n}"), 0)
		}
		if i := strings.Index(trimmed[start:], mark); i >= 0 {
			end = skipped + start + i + len(mark)
		}
	}
	return text[:end], text[end:]
}

// parser contains the result so far, and what Parse must remember until the next
// declaration.
type parser struct {
	h        *Header
	comment  string // the last comment
	group    string
	behind   *Function // the function declared on the current line; a comment later on the line belongs to the function
	declared bool      // whether a function has been declared since 'comment' was read
}

func (p *parser) take(token string) error {
	switch {
	case token == "":
		p.behind = nil
		return nil
	case strings.HasPrefix(token, "/*"):
		p.takeComment(token)
		return nil
	case strings.HasPrefix(token, "#"), strings.HasPrefix(token, "extern"), token == "}":
		return nil
	case strings.HasPrefix(token, "enum"):
		return p.takeEnum(token)
	case strings.HasPrefix(token, "typedef"):
		return p.takeTypedef(strings.TrimSuffix(strings.TrimPrefix(token, "typedef"), ";"))
	}
	return p.takeFunction(blanks.ReplaceAllString(token, " "))
}

func (p *parser) takeComment(token string) {
	text := plain(token)
	switch m := groupLine.FindStringSubmatch(token); {
	case m != nil:
		p.group, p.comment = m[1], ""
		p.h.Groups = append(p.h.Groups, Group{Title: m[1]})
	case p.behind != nil:
		p.behind.Comment = strings.TrimSpace(p.behind.Comment + "\n" + text)
		if m := mark.FindStringSubmatch(text); m != nil {
			p.behind.Mark = m[1]
		}
		p.behind = nil
	default:
		p.comment, p.declared = text, false
	}
}

func (p *parser) takeFunction(token string) error {
	m := declaration.FindStringSubmatch(token)
	if m == nil {
		return fmt.Errorf("%q is not a declaration of a function", token)
	}
	params, err := parameters(m[3])
	if err != nil {
		return err
	}
	f := Function{Name: m[2], Result: strings.TrimSpace(m[1]), Params: params, Group: p.group}
	if !p.declared {
		f.Comment = p.comment
	}
	p.declared = true
	p.h.Functions = append(p.h.Functions, f)
	p.behind = &p.h.Functions[len(p.h.Functions)-1]
	return nil
}

func (p *parser) takeTypedef(text string) error {
	t := Typedef{Text: strings.TrimSpace(blanks.ReplaceAllString(comment.ReplaceAllString(text, ""), " "))}
	if m := callback.FindStringSubmatch(t.Text); m != nil {
		params, err := parameters(m[3])
		if err != nil {
			return err
		}
		t.Result, t.Name, t.Params = m[1], m[2], params
	} else {
		t.Name = parameter.FindStringSubmatch(t.Text)[2]
	}
	if m := structure.FindStringSubmatch(t.Text); m != nil {
		members, err := parameters(strings.ReplaceAll(strings.TrimSuffix(m[1], ";"), ";", ","))
		if err != nil {
			return err
		}
		t.Members = members
	}
	p.h.Typedefs = append(p.h.Typedefs, t)
	return nil
}

func (p *parser) takeEnum(token string) error {
	_, body, ok := strings.Cut(token, "{")
	body, _, closed := strings.Cut(body, "}")
	if !ok || !closed {
		return fmt.Errorf("the enumeration is not closed")
	}
	e := Enum{Comment: p.comment}
	for rest := body; strings.TrimSpace(rest) != ""; {
		rest = strings.TrimLeft(rest, " \t\n,")
		if strings.HasPrefix(rest, "/*") {
			i := strings.Index(rest, "*/")
			if i < 0 || len(e.Values) == 0 {
				return fmt.Errorf("a comment of the enumeration follows no enumerator or is not closed")
			}
			e.Values[len(e.Values)-1].Comment = plain(rest[:i+2])
			rest = rest[i+2:]
			continue
		}
		end := strings.IndexAny(rest, ",/\n")
		if end < 0 {
			end = len(rest)
		}
		name, number, ok := strings.Cut(rest[:end], "=")
		value, err := strconv.Atoi(strings.TrimSpace(number))
		if !ok || err != nil {
			return fmt.Errorf("%q is not an enumerator with a number", strings.TrimSpace(rest[:end]))
		}
		e.Values = append(e.Values, EnumValue{Name: strings.TrimSpace(name), Value: value})
		rest = rest[end:]
	}
	p.h.Enums = append(p.h.Enums, e)
	return nil
}

// parameters parses the list between the parentheses.
func parameters(list string) ([]Param, error) {
	if list = strings.TrimSpace(list); list == "void" || list == "" {
		return nil, nil
	}
	var params []Param
	for _, text := range strings.Split(list, ",") {
		m := parameter.FindStringSubmatch(strings.TrimSpace(text))
		if m == nil || strings.TrimSpace(m[1]) == "" {
			return nil, fmt.Errorf("%q has no type or no name", strings.TrimSpace(text))
		}
		params = append(params, Param{Name: m[2], Type: strings.TrimSpace(m[1])})
	}
	return params, nil
}

// plain returns the lines of a comment without the comment marks.
func plain(comment string) string {
	comment = strings.TrimSuffix(strings.TrimPrefix(comment, "/*"), "*/")
	lines := strings.Split(comment, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(l), "* "))
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
