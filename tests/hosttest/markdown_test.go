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
