// SPDX-License-Identifier: MIT

package house

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pages returns the documents for users, keyed by path.
func pages(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "packaging/*.md", "examples/*.md"} {
		names, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, name := range names {
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			found[name] = string(text)
		}
	}
	require.Contains(t, found, "docs/migration.md")
	require.Contains(t, found, "README.md")
	return found
}

var (
	codeBlock = regexp.MustCompile("(?s)```.*?```")
	pageLink  = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading   = regexp.MustCompile(`(?m)^#+ (.+)$`)
	noSlug    = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// anchors returns the anchors of a page's headings, as GitHub makes them.
func anchors(page string) []string {
	var names []string
	for _, m := range heading.FindAllStringSubmatch(codeBlock.ReplaceAllString(page, ""), -1) {
		names = append(names, strings.ReplaceAll(noSlug.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-"))
	}
	return names
}

func TestDocumentLinksResolve(t *testing.T) {
	all := pages(t)
	links := 0
	for name, page := range all {
		for _, m := range pageLink.FindAllStringSubmatch(codeBlock.ReplaceAllString(page, ""), -1) {
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
				assert.Contains(t, anchors(text), anchor, "%s: %s", name, m[1])
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
	for name, page := range pages(t) {
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

func TestCodeOfTheMigrationPage(t *testing.T) {
	blocks := map[string]int{}
	for i, m := range regexp.MustCompile("(?s)```(\\w*)\n(.*?)```").FindAllStringSubmatch(pages(t)["docs/migration.md"], -1) {
		blocks[m[1]]++
		switch m[1] {
		case "cpp":
			compileBlock(t, i, m[2], "g++", ".cpp", "-std=c++11")
		case "ini": // read by a test of package mailer
		default:
			t.Errorf("no check for code block %d in language %q", i+1, m[1])
		}
	}
	assert.Equal(t, 2, blocks["cpp"])
	assert.Equal(t, 1, blocks["ini"])
}

// The migration page has a row for each error number from 900.
func TestNumbersOfTheMigrationPage(t *testing.T) {
	rows := regexp.MustCompile("(?m)^\\| (\\d{3}) \\| `(\\w+)` \\|").FindAllStringSubmatch(pages(t)["docs/migration.md"], -1)
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
	rows := regexp.MustCompile(`(?m)^\| ([A-Z1].*) \|$`).FindAllStringSubmatch(pages(t)["docs/providers.md"], -1)
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
