// SPDX-License-Identifier: MIT

package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

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

// anchors returns the anchors that GitHub generates for the headings of a page.
func anchors(t *testing.T, page string) []string {
	var names []string
	for _, heading := range hosttest.Headings(prose(t, page)) {
		names = append(names, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, heading))
	}
	return names
}

func TestDocumentLinksResolve(t *testing.T) {
	all := hosttest.Documents(t)
	links := 0
	for name, page := range all {
		for _, link := range hosttest.Links(prose(t, page)) {
			if strings.Contains(link, "://") || strings.HasPrefix(link, "mailto:") {
				continue
			}
			links++
			path, anchor, _ := strings.Cut(link, "#")
			target := name
			if path != "" {
				target = filepath.Join(filepath.Dir(name), path)
				_, err := os.Stat(target)
				assert.NoError(t, err, "%s: %s", name, link)
			}
			if text, ok := all[target]; ok && anchor != "" {
				assert.Contains(t, anchors(t, text), anchor, "%s: %s", name, link)
			}
		}
	}
	assert.Greater(t, links, 5)
}

// Each document that says when the library's threads start says it for both Linux and
// Windows, and all these documents agree.
func TestDocumentsAgreeOnWhenThreadsStart(t *testing.T) {
	for file, sentences := range map[string][]string{
		"docs/embedding.md":     {"On Linux, the runtime starts at the first call", "On Windows, the runtime starts when the DLL is loaded"},
		"docs/visual-studio.md": {"On Windows, the library starts its threads when it is loaded", "(on Linux, at the first call)"},
	} {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, sentence := range sentences {
			assert.Contains(t, strings.Join(strings.Fields(string(data)), " "), sentence, file)
		}
	}
}

// Every C function and every method of class CSmtp that a document names exists.
func TestDocumentsNameExistingFunctions(t *testing.T) {
	class := map[string]bool{} // the words in the headers of the C++ classes and in the sources of the C# class
	for _, name := range []string{"cpp_wrapper/CSmtp.h", "cpp_wrapper/csmtp_core.h", "cpp_wrapper/csmtp_extensions.h", "cpp_wrapper/csmtp_pool.h", "cpp_wrapper/compat/CSmtp2008.h", "cpp_wrapper/compat/forks.h", "bindings/csharp/Libcsmtp/Mailer.cs"} {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, word := range hosttest.Words(string(text)) {
			class[word] = true
		}
	}
	const example = "SetFoo" // the example of CONTRIBUTING.md
	contract := map[string]bool{"CSmtp_" + example: true}
	for _, f := range hosttest.Header(t).Functions {
		contract[f.CName()] = true
	}
	checked := 0
	for name, page := range hosttest.Documents(t) {
		for _, word := range hosttest.Words(page) {
			if strings.HasPrefix(word, "CSmtp_") && word != "CSmtp_" {
				checked++
				assert.True(t, contract[word], "%s names %s, which csmtp_c.h does not declare", name, word)
			}
		}
		for _, span := range hosttest.Spans(prose(t, page)) {
			for _, word := range hosttest.Words(span) {
				if isSetter(word) && word != example {
					checked++
					assert.True(t, contract["CSmtp_"+word] || class[word], "%s names %s, which is not a method of the class", name, word)
				}
			}
		}
	}
	assert.Greater(t, checked, 20)
}

// isSetter reports whether a word has the form of a setter or getter.
func isSetter(word string) bool {
	for _, verb := range []string{"Set", "Get", "Add", "Del"} {
		if rest, found := strings.CutPrefix(word, verb); found && rest != "" && unicode.IsUpper(rune(rest[0])) {
			return true
		}
	}
	return false
}

// Every constant, macro, option and file that a document names exists in this tree, except
// those that an example of CONTRIBUTING.md adds.
func TestDocumentsNameExistingThings(t *testing.T) {
	added := []string{"CSMTP_FOO", "internal/mailer/foo.go", "smtp/sasl/foo.go"}
	words, paths := 0, 0
	for page, text := range hosttest.Documents(t) {
		for _, name := range hosttest.Words(text) {
			if !strings.HasPrefix(name, "CSMTP_") || strings.HasSuffix(name, "_") || name != strings.ToUpper(name) {
				continue
			}
			words++
			assert.True(t, variables()[name] || slices.Contains(added, name), "%s: there is no %s", page, name)
		}
		for _, span := range hosttest.Spans(prose(t, text)) {
			if !isPath(span) || slices.Contains(added, span) {
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

// isPath reports whether a code span is a path or a pattern of paths that begins
// with a folder of this tree.
func isPath(span string) bool {
	folder, _, found := strings.Cut(span, "/")
	if !found || strings.ContainsAny(span, " <>()$=:") {
		return false
	}
	made := []string{"build", "dist"} // git ignores them
	info, err := os.Stat(folder)
	return err == nil && info.IsDir() && folder != "." && folder != ".." && !slices.Contains(made, folder)
}

// Every test and every transcript that a document names exists.
func TestDocumentsNameExistingTests(t *testing.T) {
	checked := 0
	for page, text := range hosttest.Documents(t) {
		for _, span := range hosttest.Spans(prose(t, text)) {
			switch {
			case isTest(span):
				checked++
				assert.True(t, tests()[span], "%s: there is no %s", page, span)
			case slices.Contains([]string{".txt", "CMakeLists.txt", "conanfile.txt", "expected-error.txt", "build-csmtp/install_manifest.txt"}, span):
			case strings.HasSuffix(span, ".txt"):
				checked++
				assert.FileExists(t, filepath.Join("smtp/testdata", span), page)
			}
		}
	}
	assert.Greater(t, checked, 10)
}

// isTest reports whether a code span has the form of the name of a test or fuzzer.
func isTest(span string) bool {
	isName := slices.Equal(hosttest.Words(span), []string{span})
	return isName && span != "Test" && span != "Fuzz" && (strings.HasPrefix(span, "Test") || strings.HasPrefix(span, "Fuzz"))
}

// testsIn returns the names of the tests and fuzzers of a Go file.
func testsIn(file string) (names []string) {
	for line := range strings.Lines(file) {
		line, found := strings.CutPrefix(line, "func ")
		if name, _, _ := strings.Cut(line, "("); found && isTest(name) {
			names = append(names, name)
		}
	}
	return names
}

// tests contains the names of all tests and fuzzers.
var tests = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}
	_ = filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, "_test.go") {
			text, _ := os.ReadFile(path)
			for _, name := range testsIn(string(text)) {
				names[name] = true
			}
		}
		return nil
	})
	return names
})

// rows returns the rows of the table on a page whose first column has the given title.
func rows(t *testing.T, page, title string) [][]string {
	t.Helper()
	for _, table := range hosttest.Tables(prose(t, hosttest.Documents(t)[page])) {
		if table.Head[0] == title {
			return table.Rows
		}
	}
	require.Fail(t, "no such table", "%s: %s", page, title)
	return nil
}

// docs/configuration.md lists the keys that the code knows, in the order of the code.
func TestConfigurationPageListsAllKeys(t *testing.T) {
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
	var listed []string
	for _, row := range rows(t, "docs/configuration.md", "key") {
		listed = append(listed, hosttest.Spans(row[0])...)
	}
	assert.Equal(t, known, listed)
}

// docs/migration.md has a row for each error number of 900 and above.
func TestMigrationPageListsAllNumbers(t *testing.T) {
	inPage := map[string]string{}
	for _, row := range rows(t, "docs/migration.md", "number") {
		inPage["CSMTP_"+strings.Trim(row[1], "`")] = row[0]
	}
	ours := map[string]string{}
	for _, e := range hosttest.Header(t).Errors() {
		if e.Value >= 900 {
			ours[e.Name] = strconv.Itoa(e.Value)
		}
	}
	assert.Equal(t, ours, inPage, "numbers of the header, and rows of the page")
}

// The row of each provider has a host, a submission port, a login and the date of the
// last check.
func TestProvidersTable(t *testing.T) {
	rows := rows(t, "docs/providers.md", "provider")
	require.Greater(t, len(rows), 12)
	for _, row := range rows {
		require.Len(t, row, 6)
		assert.NotEmpty(t, hosttest.Spans(row[1]), "the host of %s", row[0])
		assert.True(t, strings.Contains(row[2], "465 SSL") || strings.Contains(row[2], "587 TLS"), "the ports of %s", row[0])
		assert.NotEmpty(t, row[3], "the login of %s", row[0])
		day, source, _ := strings.Cut(row[5], " ")
		_, err := time.Parse(time.DateOnly, day)
		assert.NoError(t, err, row[0])
		assert.Contains(t, []string{"(a)", "(b)", "(c)"}, source, row[0])
	}
}
