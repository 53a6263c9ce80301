// SPDX-License-Identifier: MIT

package mailer

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// headerNumbers reads the error numbers of the C header: NAME -> number.
func headerNumbers(t *testing.T) map[string]Number {
	t.Helper()
	src, err := os.ReadFile("../../include/csmtp_c.h")
	require.NoError(t, err)
	_, rest, ok := strings.Cut(string(src), "enum {")
	require.True(t, ok)
	first, _, _ := strings.Cut(rest, "};")
	numbers := map[string]Number{}
	for _, m := range regexp.MustCompile(`CSMTP_(\w+) = (\d+)`).FindAllStringSubmatch(first, -1) {
		n, err := strconv.Atoi(m[2])
		require.NoError(t, err)
		numbers[m[1]] = Number(n)
	}
	require.Greater(t, len(numbers), 50)
	return numbers
}

func TestEveryNumberOfTheHeaderHasASentence(t *testing.T) {
	seen := map[string]bool{}
	for name, n := range headerNumbers(t) {
		s, ok := sentences[n]
		require.True(t, ok, "CSMTP_%s = %d has no sentence", name, n)
		if n != NoError {
			assert.Regexp(t, `^[A-Z].*[.?]$`, s, "CSMTP_%s", name)
			assert.False(t, seen[s], "two numbers say %q", s)
			seen[s] = true
		}
	}
	assert.Len(t, sentences, len(headerNumbers(t)), "a sentence has no number in the header")
	assert.Equal(t, "Unknown error number.", Sentence(12345))
}

func TestTheNumbersAreTheHeaders(t *testing.T) {
	src, err := os.ReadFile("numbers.go")
	require.NoError(t, err)
	header := headerNumbers(t)
	simple := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }
	byName := map[string]Number{}
	for name, n := range header {
		byName[simple(name)] = n
	}
	rows := regexp.MustCompile(`(?m)^\t(\w+)\s+Number = (\d+)$`).FindAllStringSubmatch(string(src), -1)
	require.Greater(t, len(rows), 30)
	for _, m := range rows {
		n, err := strconv.Atoi(m[2])
		require.NoError(t, err)
		assert.Equal(t, byName[simple(m[1])], Number(n), "%s", m[1])
	}
}
