// SPDX-License-Identifier: MIT

package message

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// paragraph is a paragraph of format=flowed as a mail program shows it: the number of quote
// marks, and text that the mail program wraps.
type paragraph struct {
	depth int
	text  string
}

// unflow parses format=flowed as RFC 3676, section 4, specifies. It shares no code with
// flow.
func unflow(text string) (all []paragraph) {
	open := false
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		depth := 0
		for strings.HasPrefix(line, ">") {
			depth++
			line = line[1:]
		}
		line = strings.TrimPrefix(line, " ")
		if open && (all[len(all)-1].depth != depth || line == "-- ") {
			open = false
		}
		if open {
			all[len(all)-1].text += line
		} else {
			all = append(all, paragraph{depth, line})
		}
		open = line != "-- " && strings.HasSuffix(line, " ")
	}
	return all
}

// shown returns the paragraphs as text.
func shown(all []paragraph) string {
	var b strings.Builder
	for _, p := range all {
		b.WriteString(strings.Repeat(">", p.depth))
		if p.depth > 0 && p.text != "" {
			b.WriteByte(' ')
		}
		b.WriteString(p.text + "\r\n")
	}
	return b.String()
}

// meant returns the paragraphs that the sender of the text intends: a line that ends in a space
// continues on the next line, unless the next line is blank, has another number of quote marks
// or begins a signature. Spaces at the end of a paragraph are ignored.
func meant(text string) (all []paragraph) {
	lines := strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n")
	read := func(line string) (int, string) {
		rest := strings.TrimLeft(line, ">")
		if depth := len(line) - len(rest); depth > 0 {
			return depth, strings.TrimPrefix(rest, " ")
		}
		return 0, rest
	}
	joins := false
	for i, line := range lines {
		depth, rest := read(line)
		if joins {
			all[len(all)-1].text += rest
		} else {
			all = append(all, paragraph{depth, rest})
		}
		joins = false
		if i+1 < len(lines) && rest != "-- " && strings.Trim(rest, " \t") != "" && strings.HasSuffix(rest, " ") {
			d, next := read(lines[i+1])
			joins = d == depth && strings.Trim(next, " \t") != "" && next != "-- "
		}
	}
	for i := range all {
		if all[i].text != "-- " {
			all[i].text = strings.TrimRight(all[i].text, " ")
		}
	}
	return all
}

func TestFlowedForms(t *testing.T) {
	a := strings.Repeat("a", 70)
	for in, want := range map[string]string{
		"para goes on \nand ends\n":          "para goes on \nand ends\n",
		"para  \ngoes \non\n\nand ends\n":    "para  \ngoes \non\n\nand ends\n",
		"Hello, \n\nBob \n":                  "Hello,\n\nBob\n",
		"one \n   \ntwo\n":                   "one\n\ntwo\n",
		"one \n> two \n> three \n":           "one\n> two \n> three\n",
		"> one \n>> two\n":                   "> one\n>> two\n",
		"one \n-- \nBob\n":                   "one\n-- \nBob\n",
		"> one \n> -- \n> Bob \n":            "> one\n> -- \n> Bob\n",
		"-- \nBob \nSmith\n":                 "-- \nBob \nSmith\n",
		"--\n--  \nx\n":                      "--\n--  \nx\n",
		" one\n  two\n":                      "  one\n   two\n",
		"From me\nFrom: you\n":               " From me\nFrom: you\n",
		">\n> \n>>\n>x\n>  y\n":              ">\n>\n>>\n> x\n>  y\n",
		"> > x\n":                            "> > x\n",
		a + " -- " + a + "\n":                a + " \n-- " + a + "\n",
		a + " -- \nx\n":                      a + " -- \nx\n",
		a + " >b From x\n":                   a + " \n >b From x\n",
		a + " From x\n":                      a + " \n From x\n",
		"> " + a + " -- b\n":                 "> " + a + " \n> -- b\n",
		a + strings.Repeat(" ", 9) + "\nx\n": a + strings.Repeat(" ", 9) + "\nx\n",
	} {
		crlfs := strings.NewReplacer("\n", "\r\n")
		require.Equal(t, crlfs.Replace(want), string(flow([]byte(crlfs.Replace(in)))), "%q", in)
	}
	// Every transfer encoding preserves the signature line and the trailing spaces.
	m := simple()
	m.Flowed = true
	for _, m.Lines = range [][]string{{"goes ", "on", "-- ", "Bob"}, {"gö\u00fces ", "on", "-- ", "Bob"}, {strings.Repeat("ü", 99), "goes ", "on", "-- ", "Bob"}} {
		_, parts := read(t, rendered(t, m, Options{}))
		require.Equal(t, strings.Join(m.Lines, "\r\n")+"\r\n", string(parts[0].body))
	}
}

// FuzzFlowed converts any text to format=flowed. The paragraphs that a mail program shows
// must be those that the sender intends.
func FuzzFlowed(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 2))
	pieces := []string{" ", "  ", "a", "-- ", "--", ">", "> ", "\n", "\n", "word ", "From ", "a long word", strings.Repeat("x", 40), strings.Repeat("y", 71), strings.Repeat(" ", 75), "ü", "\t", ">>"}
	for range 2000 {
		var b strings.Builder
		for range 1 + r.IntN(30) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		f.Add(b.String())
	}
	f.Fuzz(func(t *testing.T, s string) {
		text := string(joinLines(nil, []string{s}))
		got := string(flow([]byte(text)))
		if want := meant(text); shown(want) != shown(unflow(got)) {
			t.Fatalf("%q becomes %q:\n%q, want\n%q", text, got, shown(unflow(got)), shown(want))
		}
		if !strings.Contains(text, " \r\n") && !strings.Contains(text, ">") && shown(unflow(got)) != text {
			t.Fatalf("%q becomes %q", text, got)
		}
		for line := range strings.SplitSeq(got, "\r\n") {
			bare := strings.TrimLeft(line, ">")
			if strings.HasPrefix(line, "From ") || line != "" && strings.Trim(bare, " ") == "" && bare != "" {
				t.Fatalf("line %q in %q", line, got)
			}
			if len(strings.TrimRight(line, " \t")) > 78 && len(line)-len(bare) < 30 && strings.Contains(strings.Trim(bare, " \t"), " ") && !strings.Contains(line, "-- ") {
				t.Fatalf("line %q can be broken", line)
			}
		}
		again := string(flow([]byte(got)))
		if !strings.Contains(got, "\r\n ") && !strings.HasPrefix(got, " ") && again != got {
			t.Fatalf("%q becomes %q", got, again)
		}
	})
}

func TestFlowedIsLinear(t *testing.T) {
	for _, text := range []string{strings.Repeat(" ", 1<<20), strings.Repeat("a ", 1<<20), strings.Repeat("x", 1<<20), strings.Repeat(">", 1<<20), strings.Repeat(">", 100) + strings.Repeat(" a", 1<<18),
		strings.Repeat(">", 1<<18) + strings.Repeat(" a", 1<<18), strings.Repeat(" \r\n", 1<<18), strings.Repeat("-- ", 1<<18), strings.Repeat("-- \r\n", 1<<18), strings.Repeat("x", 1<<19) + strings.Repeat(" ", 1<<19)} {
		require.Less(t, len(flow([]byte(text+"\r\n"))), 4<<20)
	}
}
