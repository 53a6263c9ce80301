// SPDX-License-Identifier: MIT

package entity

import (
	"fmt"
	"html"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// html4 contains the names of HTML 4 (HTML 4.01, section 24) for characters from U+0500 on.
// The tests find the other names in package html.
const html4 = `ensp emsp thinsp zwnj zwj lrm rlm ndash mdash lsquo rsquo sbquo ldquo rdquo bdquo
dagger Dagger bull hellip permil prime Prime lsaquo rsaquo oline frasl euro image weierp real
trade alefsym larr uarr rarr darr harr crarr lArr uArr rArr dArr hArr forall part exist empty
nabla isin notin ni prod sum minus lowast radic prop infin ang and or cap cup int there4 sim
cong asymp ne equiv le ge sub sup nsub sube supe oplus otimes perp sdot lceil rceil lfloor
rfloor lang rang loz spades clubs hearts diams`

func known(t testing.TB) []string {
	t.Helper()
	require.Equal(t, "&", Decode("&amp;"))
	return slices.Concat(slices.Sorted(maps.Keys(table.optional)), slices.Sorted(maps.Keys(table.required)))
}

func TestEveryNameStandsForTheSameTextAsInPackageHTML(t *testing.T) {
	names := known(t)
	require.Greater(t, len(names), 550)
	for i, name := range names {
		require.Equal(t, html.UnescapeString("&"+name+";"), Decode("&"+name+";"), name)
		require.NotEqual(t, "&"+name+";", Decode("&"+name+";"))
		require.Equal(t, i, slices.Index(names, name), "%s is listed twice", name)
	}
	for name := range strings.FieldsSeq(html4) {
		require.Contains(t, table.required, name)
	}
}

// Decode must treat names with added letters or octets, parts of names, and names in upper or
// lower case as package html does.
func TestUnknownNames(t *testing.T) {
	all := known(t)
	for _, name := range all {
		refs := []string{name + "x", name + "1", name + "\xe9", name + "#", name + "amp", "x" + name, "amp" + name, strings.ToUpper(name), strings.ToLower(name)}
		for n := range name {
			refs = append(refs, name[:n], name[n:])
		}
		for _, ref := range refs {
			same(t, ref)
		}
	}
}

// Every name that package html knows and this package does not know stands for a character
// from U+0500 on, or for two characters.
func TestEveryNameOfPackageHTML(t *testing.T) {
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", "html").Output()
	require.NoError(t, err)
	src, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "entity.go"))
	require.NoError(t, err)
	names := regexp.MustCompile(`"(\w+);?":`).FindAllStringSubmatch(string(src), -1)
	require.Greater(t, len(names), 2200)
	for _, m := range names {
		same(t, m[1])
	}
}

// same checks that Decode returns what package html returns. The results may differ only if
// package html knows a name that this package does not know.
func same(t *testing.T, name string) {
	t.Helper()
	ref := "&" + name + ";"
	want := html.UnescapeString(ref)
	if got := Decode(ref); got != want {
		require.True(t, left(want), "%q is decoded as %q, not %q", ref, got, want)
		// After a NUL octet is added, package html does not know the name either, and
		// decodes only its beginning, as Decode does.
		require.Equal(t, strings.TrimSuffix(html.UnescapeString("&"+name+"\x00;"), "\x00;")+";", got, ref)
	}
}

// left reports whether this package leaves out the names that stand for the given text.
func left(text string) bool {
	r := []rune(text)
	return len(r) == 1 && r[0] >= 0x500 || len(r) == 2 && text != "fj"
}

func TestNumbers(t *testing.T) {
	for n := range 0x300 {
		for _, format := range []string{"#%d", "#%05d", "#x%x", "#X%X"} {
			checkNumber(t, format, n)
		}
	}
	for _, n := range []int{0xd7ff, 0xd800, 0xdfff, 0xe000, 0x10ffff, 0x110000, 0xffffff, 9999999} {
		checkNumber(t, "#%d", n)
		checkNumber(t, "#x%x", n)
	}
	for _, ref := range []string{"&;", "&#;", "&#x;", "&#-1;", "&#+1;", "&#1a;", "&#xg;", "&#1_0;", "&##;", "&#99999999999999999999;"} {
		require.Equal(t, ref, Decode(ref))
	}
}

func checkNumber(t *testing.T, format string, n int) {
	t.Helper()
	ref := "&" + fmt.Sprintf(format, n) + ";"
	require.Equal(t, html.UnescapeString(ref), Decode(ref), ref)
}

func FuzzDecode(f *testing.F) {
	names := known(f)
	f.Add(uint16(0), uint16(1), "x")
	f.Add(uint16(3), uint16(200), "1#")
	f.Add(uint16(90), uint16(17), "\xe9")
	f.Fuzz(func(t *testing.T, i, j uint16, s string) {
		a, b := names[int(i)%len(names)], names[int(j)%len(names)]
		for _, name := range []string{s, a + s, s + a, a + b, a[:len(a)/2] + b, a + s + b} {
			if !strings.ContainsAny(name, "&;") && !strings.HasPrefix(name, "#") {
				same(t, name)
			}
		}
	})
}

func TestShortReferences(t *testing.T) {
	for _, ref := range []string{"", "&", "&;", ";"} {
		require.Equal(t, ref, Decode(ref))
	}
}
