// SPDX-License-Identifier: MIT

package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// prose returns a document without its code blocks.
func prose(t *testing.T, page string) string {
	t.Helper()
	_, text, err := hosttest.Fences(page)
	require.NoError(t, err)
	return text
}

var (
	pageLink = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading  = regexp.MustCompile(`(?m)^#+ (.+)$`)
	noSlug   = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// anchors returns the anchors of a page's headings, as GitHub makes them.
func anchors(t *testing.T, page string) []string {
	var names []string
	for _, m := range heading.FindAllStringSubmatch(prose(t, page), -1) {
		names = append(names, strings.ReplaceAll(noSlug.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-"))
	}
	return names
}

func TestDocumentLinksResolve(t *testing.T) {
	all := hosttest.Documents(t)
	links := 0
	for name, page := range all {
		for _, m := range pageLink.FindAllStringSubmatch(prose(t, page), -1) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
				continue
			}
			links++
			path, anchor, _ := strings.Cut(m[1], "#")
			target := name
			if path != "" {
				target = filepath.Join(filepath.Dir(name), path)
				_, err := os.Stat(target)
				assert.NoError(t, err, "%s: %s", name, m[1])
			}
			if text, ok := all[target]; ok && anchor != "" {
				assert.Contains(t, anchors(t, text), anchor, "%s: %s", name, m[1])
			}
		}
	}
	assert.Greater(t, links, 5)
}

// Every C function and every method of the class that a document names exists.
func TestDocumentsNameExistingFunctions(t *testing.T) {
	var class string
	for _, name := range []string{"cpp_wrapper/CSmtp.h", "cpp_wrapper/csmtp_core.h"} {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		class += string(text)
	}
	const example = "SetFoo" // the example of CONTRIBUTING.md
	contract := map[string]bool{"CSmtp_" + example: true}
	for _, f := range hosttest.Header(t).Functions {
		contract[f.CName()] = true
	}
	function := regexp.MustCompile(`\bCSmtp_\w+`)
	method := regexp.MustCompile("`((?:Set|Get|Add|Del)[A-Z]\\w+)\\b")
	checked := 0
	for name, page := range hosttest.Documents(t) {
		for _, word := range function.FindAllString(page, -1) {
			checked++
			assert.True(t, contract[word], "%s names %s, which csmtp_c.h does not declare", name, word)
		}
		for _, m := range method.FindAllStringSubmatch(page, -1) {
			checked++
			if m[1] != example && !contract["CSmtp_"+m[1]] {
				assert.Regexp(t, `\b`+m[1]+`\b`, class, "%s names %s, which is not a method of the class", name, m[1])
			}
		}
	}
	assert.Greater(t, checked, 20)
}

// Every constant, macro, option and file of this tree that a document names
// exists, except those that an example of CONTRIBUTING.md adds.
func TestDocumentsNameExistingThings(t *testing.T) {
	added := []string{"CSMTP_FOO", "internal/mailer/foo.go", "smtp/sasl/foo.go"}
	word := regexp.MustCompile(`\bCSMTP_[A-Z0-9_]*[A-Z0-9]\b`)
	path := regexp.MustCompile(`^(?:bindings|cpp_wrapper|docs|examples|include|internal|packaging|smtp|tests|tools)/[\w./*-]*$`)
	words, paths := 0, 0
	for page, text := range hosttest.Documents(t) {
		for _, name := range word.FindAllString(text, -1) {
			words++
			assert.True(t, variables()[name] || slices.Contains(added, name), "%s: there is no %s", page, name)
		}
		for _, span := range hosttest.Spans(prose(t, text)) {
			if !path.MatchString(span) || slices.Contains(added, span) {
				continue
			}
			paths++
			found, err := filepath.Glob(span)
			assert.NoError(t, err)
			assert.NotEmpty(t, found, "%s: there is no %s", page, span)
		}
	}
	assert.Greater(t, words, 30)
	assert.Greater(t, paths, 20)
}

// Every test and every transcript that a document names exists.
func TestDocumentsNameExistingTests(t *testing.T) {
	named := regexp.MustCompile(`^(?:Test|Fuzz)\w+$`)
	checked := 0
	for page, text := range hosttest.Documents(t) {
		for _, span := range hosttest.Spans(prose(t, text)) {
			switch {
			case named.MatchString(span):
				checked++
				assert.True(t, tests()[span], "%s: there is no %s", page, span)
			case strings.HasSuffix(span, ".txt") && span != ".txt" && span != "expected-error.txt":
				checked++
				assert.FileExists(t, filepath.Join("smtp/testdata", span), page)
			}
		}
	}
	assert.Greater(t, checked, 10)
}

// tests are the names of all tests and fuzzers.
var tests = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}
	function := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	_ = filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, "_test.go") {
			text, _ := os.ReadFile(path)
			for _, m := range function.FindAllStringSubmatch(string(text), -1) {
				names[m[1]] = true
			}
		}
		return nil
	})
	return names
})

// The configuration page lists the keys that the code knows, in the same order.
func TestKeysOfTheConfigurationPage(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "internal/mailer/config_keys.go", nil, 0)
	require.NoError(t, err)
	var known []string
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && v.Names[0].Name == "configKeys" {
			for _, e := range v.Values[0].(*ast.CompositeLit).Elts {
				key, err := strconv.Unquote(e.(*ast.BasicLit).Value)
				require.NoError(t, err)
				known = append(known, key)
			}
		}
		return true
	})
	require.NotEmpty(t, known)
	_, section, found := strings.Cut(hosttest.Documents(t)["docs/configuration.md"], "\n## Keys\n")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")
	var listed []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllStringSubmatch(section, -1) {
		listed = append(listed, m[1])
	}
	assert.Equal(t, known, listed)
}

// The migration page has a row for each error number from 900.
func TestNumbersOfTheMigrationPage(t *testing.T) {
	rows := regexp.MustCompile("(?m)^\\| (\\d{3}) \\| `(\\w+)` \\|").FindAllStringSubmatch(hosttest.Documents(t)["docs/migration.md"], -1)
	inPage := map[string]string{}
	for _, m := range rows {
		inPage["CSMTP_"+m[2]] = m[1]
	}
	ours := map[string]string{}
	for _, e := range hosttest.Header(t).Errors() {
		if e.Value >= 900 {
			ours[e.Name] = strconv.Itoa(e.Value)
		}
	}
	assert.Equal(t, ours, inPage, "numbers of the header, and rows of the page")
}

// Each provider's row has a host, a submission port, a login and the date of its
// last check.
func TestTableOfProviders(t *testing.T) {
	rows := regexp.MustCompile(`(?m)^\| ([A-Z1].*) \|$`).FindAllStringSubmatch(hosttest.Documents(t)["docs/providers.md"], -1)
	require.Greater(t, len(rows), 12)
	for _, m := range rows {
		cells := strings.Split(m[1], " | ")
		require.Len(t, cells, 6, m[1])
		assert.Regexp(t, "^`[\\w.-]+\\.(com|net|org)`", cells[1])
		assert.Regexp(t, `\b(465 SSL|587 TLS)\b`, cells[2])
		assert.Regexp(t, `(?i)password|OAuth 2.0|API|credentials|code`, cells[3])
		assert.Regexp(t, `^20\d\d-\d\d-\d\d \([abc]\)$`, cells[5])
	}
}
