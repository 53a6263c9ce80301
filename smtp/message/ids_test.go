// SPDX-License-Identifier: MIT

package message

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestIDsOfReceivedMail(t *testing.T) {
	long := strings.Repeat("x", 2000)
	for in, want := range map[string]string{
		"<a@b>":                           "<a@b>",
		"<a@b> <c@d>":                     "<a@b> <c@d>",
		"<a@b><c@d>":                      "<a@b> <c@d>",
		"<a@b>,<c@d>;<e@f>":               "<a@b> <c@d> <e@f>",
		`"<a@b>, <c@d>"`:                  "<a@b> <c@d>",
		`'<a@b>, <c@d>'`:                  "<a@b> <c@d>",
		"<a b@c>":                         "<ab@c>",
		"<a@ b.c >":                       "<a@b.c>",
		"<abc\r\n def@x>":                 "<abcdef@x>",
		"<a@b>\r\n\t<c@d>\n <e@f>\t<g@h>": "<a@b> <c@d> <e@f> <g@h>",
		"Your message <x@y>":              "<x@y>",
		"Your message of Monday":          "",
		`"Your <old@id> message" <x@y> of Monday`: "<x@y>",
		"<x@y> (Bob's message of Monday <b@c>)":   "<x@y>",
		"((nested <b@c>) \\) <d@e>) <x@y>":        "<x@y>",
		":-( <x@y>":                               "<x@y>",
		`5" disk <x@y>`:                           "<x@y>",
		"<a(comment)@b>":                          "<a@b>",
		"<a (one) . (two) b@c>":                   "<a.b@c>",
		"<a(open@b> <c@d>":                        "<c@d>",
		"<<a@b>>":                                 "<a@b>",
		"<a@b <c@d>":                              "<c@d>",
		"<a@b> <c@d":                              "<a@b>",
		"a@b> <c@d>":                              "<c@d>",
		"<a@b> bob@example.org":                   "<a@b>",
		"mail by bob@example.org":                 "",
		"a@b c@d":                                 "<a@b> <c@d>",
		"a@b, c@d":                                "<a@b> <c@d>",
		"a@b nonsense":                            "",
		"nonsense":                                "",
		"&lt;a@b&gt;":                             "",
		"<>":                                      "",
		"<nonsense>":                              "",
		"<@b> <a@> <@>":                           "",
		"<\u00fc@b> <a@b>":                        "<a@b>",
		"Gr\xfc\xdfe <a@b>":                       "<a@b>",
		"<a:b@c> <a..b@c> <a@[192.0.2.1]> <a@b@c>": "<a:b@c> <a..b@c> <a@[192.0.2.1]> <a@b@c>",
		`<"a.b"@c> <"a b"@c> <"a@b">`:              `<"a.b"@c>`,
		"<=?us-ascii?Q?a=0D=0AX-Evil?=@b> <a@b>":   "<a@b>",
		"<" + long + "@b> <a@b>":                   "<a@b>",
		long:                                       "",
		strings.Repeat("(", 1<<20) + "<a@b>":       "<a@b>",
		strings.Repeat(`"`, 1<<20) + "<a@b>":       "<a@b>",
		strings.Repeat("<", 1<<20) + "a@b>":        "<a@b>",
		strings.Repeat("<(", 1<<20) + "a@b>":       "",
		"":                                         "",
		" ":                                        "",
	} {
		ids, err := messageIDs(FieldReferences, in)
		require.NoError(t, err)
		require.Equal(t, want, strings.Join(ids, " "), "%.200q", in)
	}
	m := simple()
	m.InReplyTo, m.References = "Your message of Monday", "<a@b>\r\n <c\td@e>"
	h := headerOf(rendered(t, m, testOptions()))
	require.NotContains(t, h, "In-Reply-To")
	require.Equal(t, "<a@b> <cd@e>", field(h, "References"))
}

func TestManyReferences(t *testing.T) {
	id := func(i int) string { return fmt.Sprintf("<%d.%s@example.org>", i, strings.Repeat("x", 40)) }
	for _, n := range []int{1, 19, 20, 21, 500} {
		var all, want []string
		for i := range n {
			all = append(all, id(i))
			if i == 0 || i > n-20 {
				want = append(want, id(i))
			}
		}
		m := simple()
		m.InReplyTo, m.References = all[n-1], strings.Join(all, "")
		b := rendered(t, m, testOptions())
		checkFolding(t, headerOf(b))
		require.Equal(t, want, strings.Fields(field(headerOf(b), "References")), n)
		require.Equal(t, strings.Join(all, ""), m.References)
	}
}

func TestOwnMessageID(t *testing.T) {
	for in, want := range map[string]string{
		"<a@b>": "<a@b>", "a@b": "<a@b>", " <a.b+c=d@e-f_g.h> ": "<a.b+c=d@e-f_g.h>", "<a@[192.0.2.1]>": "<a@[192.0.2.1]>",
	} {
		id, err := ownMessageID(in)
		require.NoError(t, err, in)
		require.Equal(t, want, id)
	}
	for _, in := range []string{
		"nonsense", "<nonsense>", "<@b>", "a@", "<a@b", "a@b>", "<a@b> <c@d>", "<a@b>x", "<a b@c>", "<a@b@c>", "<a..b@c>", "<.a@b>", "<a@b.>",
		"<a:b@c>", `<"a"@b>`, "<a(c)@b>", "<a@b (c)>", "<\u00fc@b>", "<a@\u00fc>", "<>", "<<a@b>>", "<a@[x]y>", "<a@[>]>", "a@b\r\nX: y",
		"<" + strings.Repeat("x", 1000) + "@b>",
	} {
		_, err := ownMessageID(in)
		refusedWell(t, err)
		require.ErrorContains(t, err, "MessageID", in)
	}
}

// Python's parser finds no defect in any Message-ID that is accepted.
func TestPythonReadsMessageIDs(t *testing.T) {
	pieces := []string{"a", "b.c", ".", "@", "<", ">", " ", "[", "]", "192.0.2.1", ":", ",", "(", ")", `"`, `\`, "=", "'", "+", "_", "x-y", "$", "%"}
	r := rand.New(rand.NewPCG(9, 10))
	accepted := 0
	pythonReads(t, 300, func(i int) pythonCase {
		m := simple()
		for range 50 {
			var b strings.Builder
			for range 3 + r.IntN(5) {
				b.WriteString(pieces[r.IntN(len(pieces))])
			}
			if CheckMessageID(b.String()) == nil {
				m.MessageID = b.String()
				accepted++
				break
			}
		}
		return pythonCase{ID: m.MessageID, Raw: rendered(t, m, testOptions())}
	})
	require.NotZero(t, accepted)
}

var strictID = regexp.MustCompile("^<[!-;=?-~]+@[!-;=?-~]+>$")

// FuzzIDs reads identifiers from any text. Each identifier must occur in the text, possibly
// with spaces and comments in it. The identifiers can be written and read again. A text that
// is accepted as a Message-ID has the form that Python's parser expects.
func FuzzIDs(f *testing.F) {
	for _, s := range []string{"<a b@c>", "Your message <x@y>", `"<a@b>, <c@d>"`, "<a@b><c@d>", "<a(c)@b> (d <e@f>)", "a@b c@d", `<"a\"b"@c>`, "<a@b>\r\n <c@d>", "<\\(@a>", "(\\"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if id, err := ownMessageID(s); err == nil && id != "" {
			if !isMessageID(id[1:len(id)-1]) || strings.Trim(s, "<> ") != id[1:len(id)-1] {
				t.Fatalf("%q becomes %q", s, id)
			}
		}
		ids, err := messageIDs(FieldReferences, s)
		if err != nil {
			refusedWell(t, err)
			return
		}
		again, err := messageIDs(FieldReferences, strings.Join(ids, " "))
		if err != nil || strings.Join(again, " ") != strings.Join(ids, " ") {
			t.Fatalf("%q becomes %q (%v)", ids, again, err)
		}
		rest := s
		for _, id := range ids {
			if !strictID.MatchString(id) {
				t.Fatalf("%q is not an identifier", id)
			}
			var found bool
			if rest, found = afterID(rest, id); !found {
				t.Fatalf("%q is invented: %q", id, s)
			}
		}
		m := simple()
		m.InReplyTo, m.References = s, s
		rendered(t, m, testOptions())
	})
}

// afterID searches s for id, with or without brackets, and possibly with spaces and comments
// between its octets. It returns the part of s that follows id.
func afterID(s, id string) (rest string, found bool) {
	for start := range len(s) {
		i, n := start, 0
		for depth := 0; n < len(id) && i < len(s); i++ {
			switch c := s[i]; {
			case depth == 0 && c == id[n]:
				n++
			case c == '\\' && depth > 0:
				i++
			case c == '(':
				depth++
			case c == ')' && depth > 0:
				depth--
			case depth > 0, strings.IndexByte(" \t\r\n", c) >= 0 && n > 0:
			default:
				i = len(s)
			}
		}
		if n == len(id) {
			return s[i:], true
		}
		if strings.HasPrefix(s[start:], id[1:len(id)-1]) && !strings.Contains(s, "<") {
			return s[start+len(id)-2:], true
		}
	}
	return "", false
}
