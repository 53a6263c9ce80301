// SPDX-License-Identifier: MIT

package hosttest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

// Documents returns the texts of all Markdown documents. The keys are their paths
// relative to Root.
func Documents(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, pattern := range []string{"*.md", "bindings/*.md", "bindings/*/*.md", "docs/*.md", "packaging/*.md", "examples/*.md", "tests/*/*.md", "tests/interop/*/*.md"} {
		names, err := filepath.Glob(filepath.Join(Root(), pattern))
		require.NoError(t, err)
		for _, name := range names {
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			path, err := filepath.Rel(Root(), name)
			require.NoError(t, err)
			found[path] = string(text)
		}
	}
	for _, name := range []string{"README.md", "docs/migration.md", "tests/hostile/README.md", "tests/interop/bench/README.md"} {
		require.Contains(t, found, name)
	}
	return found
}

// Fence is a fenced code block of a Markdown document.
type Fence struct {
	Language string // the word after the backticks or tildes of the opening fence
	Line     int    // the line of the opening fence, from 1
	Above    string // the paragraph above, on one line
	Text     string // the code, without the indentation of the fence
}

// Fences splits a Markdown document into its fenced code blocks (CommonMark, section 4.5)
// and the rest. It returns an error for an indented code block, because such a block
// names no language, and for a block without an end.
func Fences(document string) (fences []Fence, prose string, err error) {
	var rest strings.Builder
	var above []string
	var open *Fence
	indent, mark := 0, ""
	blank := true // whether the line above is empty
	for i, line := range strings.Split(document, "\n") {
		text := strings.TrimLeft(line, " ")
		if open != nil {
			if run := fenceOf(text); strings.HasPrefix(run, mark) && strings.TrimSpace(text) == run {
				fences, open = append(fences, *open), nil
				rest.WriteString("\n")
				continue
			}
			open.Text += line[min(indent, len(line)-len(text)):] + "\n"
			continue
		}
		if run := fenceOf(text); run != "" && !strings.Contains(text[len(run):], "`") {
			indent, mark = len(line)-len(text), run
			open = &Fence{Language: strings.TrimSpace(text[len(run):]), Line: i + 1, Above: strings.Join(above, " ")}
			above = nil
			continue
		}
		if blank && (strings.HasPrefix(line, "    ") || strings.HasPrefix(text, "\t")) && strings.TrimSpace(line) != "" {
			return nil, "", fmt.Errorf("line %d: put the code into a fence that names its language", i+1)
		}
		if text != "" {
			if blank {
				above = nil
			}
			above = append(above, strings.TrimSpace(line))
		}
		blank = text == ""
		rest.WriteString(line + "\n")
	}
	if open != nil {
		return nil, "", fmt.Errorf("line %d: the code block has no end", open.Line)
	}
	return fences, rest.String(), nil
}

// fenceOf returns the backticks or tildes at the beginning of a line, if there are at
// least three.
func fenceOf(line string) string {
	for _, mark := range []string{"`", "~"} {
		if n := len(line) - len(strings.TrimLeft(line, mark)); n >= 3 {
			return line[:n]
		}
	}
	return ""
}

// Spans returns the code spans of a document without code blocks (CommonMark, section 6.1). A
// span cannot continue into the next paragraph.
func Spans(prose string) []string {
	spans, _ := inline(prose)
	return spans
}

// inline splits a document without code blocks into its code spans and the rest.
func inline(prose string) (spans []string, rest string) {
	var text strings.Builder
	for paragraph := range strings.SplitSeq(prose, "\n\n") {
		for {
			start := strings.IndexByte(paragraph, '`')
			if start < 0 {
				break
			}
			inside := strings.TrimLeft(paragraph[start:], "`")
			mark := paragraph[start : len(paragraph)-len(inside)]
			text.WriteString(paragraph[:start])
			end := strings.Index(inside, mark)
			if end < 0 {
				paragraph = inside
				continue
			}
			spans = append(spans, strings.Join(strings.Fields(inside[:end]), " "))
			paragraph = inside[end+len(mark):]
		}
		text.WriteString(paragraph + "\n\n")
	}
	return spans, text.String()
}

// Links returns the destinations of the inline links of a document without code
// blocks (CommonMark, section 6.3).
func Links(prose string) (links []string) {
	_, rest := inline(prose)
	for {
		_, after, found := strings.Cut(rest, "](")
		if !found {
			return links
		}
		link, _, closed := strings.Cut(after, ")")
		if closed && link != "" && !strings.ContainsAny(link, " \n") {
			links = append(links, link)
		}
		rest = after
	}
}

// Headings returns the headings of a document without code blocks (CommonMark,
// section 4.2).
func Headings(prose string) (headings []string) {
	for line := range strings.SplitSeq(prose, "\n") {
		if text := strings.TrimLeft(line, "#"); text != line && strings.HasPrefix(text, " ") {
			headings = append(headings, strings.TrimSpace(text))
		}
	}
	return headings
}

// Table is a table of a Markdown document.
type Table struct {
	Head []string   // the cells of the first row
	Rows [][]string // the cells of the rows below the delimiter row
}

// Tables returns the tables of a document without code blocks (GitHub Flavored
// Markdown, section 4.10).
func Tables(prose string) (tables []Table) {
	lines := strings.Split(prose, "\n")
	for i := 0; i+1 < len(lines); i++ {
		if cells(lines[i]) == nil || cells(lines[i+1]) == nil || strings.Trim(lines[i+1], "|-: ") != "" {
			continue
		}
		table := Table{Head: cells(lines[i])}
		for i += 2; i < len(lines) && cells(lines[i]) != nil; i++ {
			table.Rows = append(table.Rows, cells(lines[i]))
		}
		tables = append(tables, table)
	}
	return tables
}

// cells returns the cells of a row of a table, or nil if the line is not a row.
func cells(line string) []string {
	inside, found := strings.CutPrefix(strings.TrimSpace(line), "|")
	inside, closed := strings.CutSuffix(inside, "|")
	if !found || !closed {
		return nil
	}
	list := strings.Split(inside, "|")
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return list
}

// Words returns the words of a text. A word consists of letters, digits and underscores.
func Words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// RequireTable checks that docs/migration.md contains the given table between two lines,
// 'begins' and 'ends'. If 'update' is true, RequireTable writes the table there.
func RequireTable(t *testing.T, begins, ends, table string, update bool) {
	t.Helper()
	path := filepath.Join(Root(), "docs/migration.md")
	page, err := os.ReadFile(path)
	require.NoError(t, err)
	head, rest, begun := strings.Cut(string(page), begins)
	inPage, tail, ended := strings.Cut(rest, ends)
	require.True(t, begun && ended, "docs/migration.md has no place for the table: %s", begins)
	if update {
		require.NoError(t, os.WriteFile(path, []byte(head+begins+"\n"+table+"\n"+ends+tail), 0o644))
		return
	}
	require.Equal(t, strings.TrimSpace(table), strings.TrimSpace(inPage), "the table is not current: %s", begins)
}
