// SPDX-License-Identifier: MIT

package hosttest

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFences(t *testing.T) {
	fences, prose, err := Fences("# A\n\nSome\ntext:\n\n```c\nint a;\n\n  int b;\n```\n\n1. A step:\n\n   ~~~sh\n   ./build.sh\n    indented\n   ~~~\nmore `code`\n````\n```\n````\n")
	require.NoError(t, err)
	assert.Equal(t, []Fence{
		{"c", 6, "Some text:", "int a;\n\n  int b;\n"},
		{"sh", 14, "1. A step:", "./build.sh\n indented\n"},
		{"", 19, "more `code`", "```\n"},
	}, fences)
	assert.NotContains(t, prose, "int a")
	assert.Contains(t, prose, "more `code`")
	for _, bad := range []string{"```c\nint a;\n", "text\n\n    int a;\n", "\tint a;\n"} {
		_, _, err := Fences(bad)
		assert.ErrorContains(t, err, "line ", "%q", bad)
	}
}

func TestSpans(t *testing.T) {
	assert.Equal(t, []string{"a b", "c ` d", "e"}, Spans("x `a\nb` and ``c ` d``\n\nodd ` here\n\n| `e` |\n"))
}

func TestLinks(t *testing.T) {
	assert.Equal(t, []string{"a.md", "b.md#c", "d"}, Links("[A](a.md) and [`b`](b.md#c), `[x](y)`, [z] (z)\n\n| [D](d) |\n"))
}

func TestHeadings(t *testing.T) {
	assert.Equal(t, []string{"A `b`", "C"}, Headings("# A `b`\n\n#no\ntext # no\n### C\n"))
}

func TestTables(t *testing.T) {
	assert.Equal(t, []Table{
		{[]string{"a", "b"}, [][]string{{"1", "`2`"}, {"3", ""}}},
		{[]string{"", ""}, [][]string{{"x", "y"}}},
	}, Tables("text\n\n| a | b |\n|---|---|\n| 1 | `2` |\n| 3 | |\n\n| no table |\n\n| | |\n|:--|--:|\n| x | y |\n"))
}

func TestWords(t *testing.T) {
	assert.Equal(t, []string{"CSMTP_A1", "b", "é"}, Words("CSMTP_A1, `b`(é)"))
}
