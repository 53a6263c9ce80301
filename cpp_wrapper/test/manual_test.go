// SPDX-License-Identifier: MIT

package test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// manualExamples returns the examples in csmtp_c.h, keyed by the title of their group.
func manualExamples(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("../../include/csmtp_c.h")
	require.NoError(t, err)
	parts := regexp.MustCompile(`(?m)^/\* -{4} (.+?) -+ \*/$`).Split(string(text), -1)
	titles := []string{""}
	for _, g := range hosttest.Header(t).Groups {
		titles = append(titles, g.Title)
	}
	require.Len(t, parts, len(titles))
	found := map[string][]string{}
	for i, part := range parts {
		for _, m := range regexp.MustCompile(`(?s) \* @code\n(.*?) \* @endcode\n`).FindAllStringSubmatch(part, -1) {
			found[titles[i]] = append(found[titles[i]], regexp.MustCompile(`(?m)^ \* ?`).ReplaceAllString(m[1], ""))
		}
	}
	for _, title := range titles {
		assert.NotEmpty(t, found[title], "group %q has no example", title)
	}
	return found
}

// manualProgram returns the text of a source file that contains an example.
func manualProgram(example string) string {
	const head = "#include <stdio.h>\n#include <string.h>\n\n#include \"csmtp_c.h\"\n\n"
	switch {
	case strings.HasPrefix(example, "#include"):
		return example
	case strings.HasPrefix(example, "static "):
		return head + example
	}
	return head + "void example(CSmtpHandle h);\nvoid example(CSmtpHandle h) {\n" + example + "}\n"
}

// TestExamplesOfTheManual compiles each example of csmtp_c.h as C99 and as C++.
func TestExamplesOfTheManual(t *testing.T) {
	for title, examples := range manualExamples(t) {
		for i, example := range examples {
			t.Run(fmt.Sprintf("%s %d", title, i+1), func(t *testing.T) {
				t.Parallel()
				source := filepath.Join(t.TempDir(), "example")
				for _, ending := range []string{".c", ".cpp"} {
					require.NoError(t, os.WriteFile(source+ending, []byte(manualProgram(example)), 0o600))
				}
				check(t, "gcc", "-std=c99", "-Wpedantic", "-Wno-unused-function", source+".c")
				check(t, "g++", "-std=c++11", "-Wpedantic", "-Wno-unused-function", source+".cpp")
			})
		}
	}
}
