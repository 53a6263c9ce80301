// SPDX-License-Identifier: MIT

package mailer

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"csmtp/internal/header"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func readHeader(t *testing.T) *header.Header {
	t.Helper()
	h, err := header.ReadFile("../../include/csmtp_c.h")
	require.NoError(t, err)
	return h
}

// headerNumbers returns the error numbers of the C header by name.
func headerNumbers(t *testing.T) map[string]Number {
	t.Helper()
	numbers := map[string]Number{}
	for _, e := range readHeader(t).Errors() {
		numbers[strings.TrimPrefix(e.Name, "CSMTP_")] = Number(e.Value)
	}
	require.Greater(t, len(numbers), 50)
	return numbers
}

func TestEveryNumberOfTheHeaderHasASentence(t *testing.T) {
	seen := map[string]bool{}
	for name, n := range headerNumbers(t) {
		s, ok := sentences()[n]
		require.True(t, ok, "CSMTP_%s = %d has no sentence", name, n)
		if n != NoError {
			assert.Regexp(t, `^[A-Z].*[.?]$`, s, "CSMTP_%s", name)
			assert.False(t, seen[s], "two numbers have the sentence %q", s)
			seen[s] = true
		}
	}
	assert.Len(t, sentences(), len(headerNumbers(t)), "a sentence belongs to no number of the header")
	assert.Equal(t, "Unknown error number.", Sentence(12345))
}

func TestNumbersMatchHeader(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "numbers.go", nil, 0)
	require.NoError(t, err)
	simple := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }
	byName := map[string]string{}
	for name, n := range headerNumbers(t) {
		byName[simple(name)] = strconv.Itoa(int(n))
	}
	checked := 0
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, isSpec := n.(*ast.ValueSpec); isSpec {
			typeName, isName := spec.Type.(*ast.Ident)
			if isName && typeName.Name == "Number" {
				checked++
				assert.Equal(t, byName[simple(spec.Names[0].Name)], spec.Values[0].(*ast.BasicLit).Value, spec.Names[0].Name)
			}
		}
		return true
	})
	assert.Greater(t, checked, 30)
}
