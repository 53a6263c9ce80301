// SPDX-License-Identifier: MIT

package hosttest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Documents returns the text of every Markdown document, by its path from Root.
func Documents(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, pattern := range []string{"*.md", "bindings/*.md", "docs/*.md", "packaging/*.md", "examples/*.md", "tests/*/*.md", "tests/interop/*/*.md"} {
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
	Language string // the word behind the opening fence
	Line     int    // the line of the opening fence, from 1
	Above    string // the paragraph above, on one line
	Text     string // the code, without the indentation of the fence
}

// Fences splits a Markdown document into its fenced code blocks (CommonMark,
// section 4.5) and the rest. It refuses an indented code block, which names no
// language.
func Fences(document string) (fences []Fence, prose string, err error) {
	var rest strings.Builder
	var above []string
	var open *Fence
	indent, mark := 0, ""
	blank := true // the line above is empty
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

// fenceOf returns the backticks or tildes at the beginning of a line, if they
// are three or more.
func fenceOf(line string) string {
	for _, mark := range []string{"`", "~"} {
		if n := len(line) - len(strings.TrimLeft(line, mark)); n >= 3 {
			return line[:n]
		}
	}
	return ""
}

// Spans returns the code spans of a document without code blocks (CommonMark,
// section 6.1). A span ends in its paragraph.
func Spans(prose string) (spans []string) {
	for paragraph := range strings.SplitSeq(prose, "\n\n") {
		for {
			start := strings.IndexByte(paragraph, '`')
			if start < 0 {
				break
			}
			inside := strings.TrimLeft(paragraph[start:], "`")
			mark := paragraph[start : len(paragraph)-len(inside)]
			end := strings.Index(inside, mark)
			if end < 0 {
				paragraph = inside
				continue
			}
			spans = append(spans, strings.Join(strings.Fields(inside[:end]), " "))
			paragraph = inside[end+len(mark):]
		}
	}
	return spans
}
