// SPDX-License-Identifier: MIT

package message

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
)

// Some names in charsetNames are known to neither ianaindex nor htmlindex. 'added' maps each of
// these names to a name of the same charset that one of the two packages knows.
var added = map[string]string{"cp932": "windows-31j", "cp949": "ks_c_5601-1987", "cp874": "windows-874", "ansi": "windows-1252", "cp65001": "utf-8"}

// indexed returns the label that charsetLabel must return for name, and the encoding of the
// charset that name stands for. Both are taken from ianaindex or htmlindex.
func indexed(name string) (string, encoding.Encoding) {
	if name == "ascii" { // windows-1252 in htmlindex
		name = "us-ascii"
	}
	enc, err := ianaindex.MIME.Encoding(name)
	if enc == nil || err != nil {
		if enc, err = htmlindex.Get(name); err != nil {
			return "", nil
		}
	}
	label, err := ianaindex.MIME.Name(enc)
	if err != nil {
		return "-", nil
	}
	return label, enc
}

// indexNames returns every string in the tables of ianaindex and htmlindex, in lower case.
// These are the names that the packages know, and some others.
func indexNames(t *testing.T) []string {
	t.Helper()
	names := map[string]bool{}
	for _, pkg := range []string{"ianaindex", "htmlindex"} {
		dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", "golang.org/x/text/encoding/"+pkg).Output()
		require.NoError(t, err)
		src, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "tables.go"))
		require.NoError(t, err)
		found := regexp.MustCompile(`"([^"\n]*)"`).FindAllStringSubmatch(string(src), -1)
		require.Greater(t, len(found), 200, pkg)
		for _, m := range found {
			names[strings.ToLower(m[1])] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// charsetNames contains the same names as ianaindex and htmlindex, with the same meaning.
func TestCharsetNamesAreThoseOfTheIndexes(t *testing.T) {
	names := indexNames(t)
	known := 0
	for _, name := range names {
		label, enc := indexed(name)
		require.Equal(t, label, charsetLabel(name), name)
		if label != "" {
			known++
		}
		for _, spelling := range []string{name, strings.ToUpper(name), "\t" + name + " "} {
			c, err := lookupCharset(spelling)
			switch {
			case strings.TrimSpace(name) == "", label == "US-ASCII":
				require.NoError(t, err)
				require.Same(t, asciiCharset, c, spelling)
			case label == "UTF-8":
				require.NoError(t, err)
				require.Same(t, utf8Charset, c, spelling)
			case label == "":
				require.ErrorContains(t, err, "is not a known charset; use UTF-8 or another name from IANA's list of charsets", spelling)
			case label == "-":
				require.ErrorContains(t, err, "is not a charset for mail; use UTF-8", spelling)
			default:
				require.NoError(t, err, spelling)
				require.True(t, c.enc == enc, "%s is decoded as %v, not %v", spelling, c.enc, enc)
				if c.name != "GB2312" && c.name != "TIS-620" {
					require.Equal(t, label, c.name, spelling)
				}
			}
		}
		for _, other := range []string{name + "x", "x" + name, name + " l1", name + "\nl1", "l1 " + name, name[len(name)/2:], name[:len(name)/2]} {
			label, _ := indexed(strings.TrimSpace(other))
			if added[other] == "" {
				require.Equal(t, label, charsetLabel(strings.TrimSpace(other)), other)
			}
		}
	}
	require.Greater(t, known, 300)
}

// Every name in charsetNames is in ianaindex or htmlindex, or is a key of the map 'added'.
func TestCharsetNamesHasNoOtherNames(t *testing.T) {
	listed := map[string]bool{}
	for line := range strings.Lines(string(charsetNames[1:])) {
		fields := strings.Fields(line)
		require.Equal(t, strings.Join(fields, " ")+"\n", line)
		for _, name := range fields[1:] {
			require.False(t, listed[name], "%s is listed twice", name)
			listed[name] = true
			require.Equal(t, strings.ToLower(name), name)
			as := name
			if other := added[name]; other != "" {
				label, _ := indexed(name)
				require.Empty(t, label, name)
				as = other
			}
			label, enc := indexed(as)
			require.Equal(t, label, fields[0], name)
			if label != "US-ASCII" && label != "UTF-8" {
				require.True(t, enc == encodingOf(fields[0]), name)
			}
		}
	}
	for name := range added {
		require.True(t, listed[name], name)
	}
}
