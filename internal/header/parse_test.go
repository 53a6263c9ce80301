// SPDX-License-Identifier: MIT

package header_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"csmtp/internal/header"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const path = "../../include/csmtp_c.h"

func read(t *testing.T) *header.Header {
	t.Helper()
	h, err := header.ReadFile(path)
	require.NoError(t, err)
	return h
}

// TestEveryDeclarationIsRead checks that Parse finds as many declarations of each kind as
// regular expressions do.
func TestEveryDeclarationIsRead(t *testing.T) {
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	h := read(t)
	assert.Len(t, h.Functions, len(regexp.MustCompile(`CSMTP_CALL CSmtp_\w+\(`).FindAll(text, -1)))
	assert.Len(t, h.Typedefs, strings.Count(string(text), "\ntypedef "))
	assert.Len(t, h.Enums, len(regexp.MustCompile(`(?m)^enum \{`).FindAll(text, -1)))
	inGroups := 0
	for _, g := range h.Groups {
		assert.NotEmpty(t, g.Functions, g.Title)
		inGroups += len(g.Functions)
	}
	assert.Equal(t, len(h.Functions), inGroups, "a function is in no group or in two")
}

func TestOneFunction(t *testing.T) {
	f, ok := read(t).Function("SetSMTPServer")
	require.True(t, ok)
	assert.Equal(t, "CSmtp_SetSMTPServer", f.CName())
	assert.Equal(t, "int", f.Result)
	assert.Equal(t, "h", f.Handle())
	assert.Equal(t, "The server", f.Group)
	assert.Equal(t, []header.Param{
		{Name: "h", Type: "CSmtpHandle"},
		{Name: "server", Type: "const char *"},
		{Name: "port", Type: "unsigned short"},
		{Name: "authenticate", Type: "int"},
	}, f.Params)
	assert.Contains(t, f.Comment, "465")
	assert.Equal(t, "setting", f.Mark)
}

func TestMarksAndMayBeNull(t *testing.T) {
	h, err := header.Parse(`/* first may be NULL [of no matter]. */
CSMTP_API int CSMTP_CALL CSmtp_SetOne(CSmtpHandle h, const char *first, const char *second); /* b and c may
 * be NULL [message] */
CSMTP_API int CSMTP_CALL CSmtp_SetTwo(CSmtpHandle h, const char *a, const char *b, const char *c);
CSMTP_API int CSMTP_CALL CSmtp_GetThree(CSmtpHandle h); /* of two [setting; name: message] */
`)
	require.NoError(t, err)
	require.Len(t, h.Functions, 3)
	one, two, three := h.Functions[0], h.Functions[1], h.Functions[2]
	assert.Equal(t, "message", one.Mark)
	assert.Empty(t, two.Mark)
	assert.Equal(t, "setting; name: message", three.Mark)
	assert.True(t, one.MayBeNull("first"))
	assert.False(t, one.MayBeNull("second"))
	assert.True(t, one.MayBeNull("c"))
	assert.False(t, two.MayBeNull("a"))
	assert.False(t, one.IsValue())
	assert.True(t, three.IsValue())
}

func TestNumbersAndTypes(t *testing.T) {
	h := read(t)
	for name, want := range map[string]int{"CSMTP_NO_ERROR": 0, "CSMTP_BAD_INPUT": 903, "CSMTP_USE_TLS": 1, "CSMTP_LOG_EVENT": 2} {
		got, ok := h.Value(name)
		assert.True(t, ok, name)
		assert.Equal(t, want, got, name)
	}
	callbacks := map[string]int{}
	for _, typedef := range h.Typedefs {
		if typedef.IsFunction() {
			callbacks[typedef.Name] = len(typedef.Params)
		}
	}
	require.Greater(t, len(h.Errors()), 50)
	assert.Equal(t, "CSMTP_NO_ERROR", h.Errors()[0].Name)
	assert.Equal(t, 3, callbacks["CSmtpReadFunction"])
	assert.Equal(t, 3, callbacks["CSmtpLogFunction"])
	assert.Equal(t, 2, callbacks["CSmtpTokenFunction"])
}

// Comments in a struct can contain semicolons and parentheses.
func TestStruct(t *testing.T) {
	h, err := header.Parse(`/* A pair. */
typedef struct Pair {
  size_t size; /* in octets; (see above) */
  const char *name; /* "" or a name */
} Pair;
typedef void(CSMTP_CALL *Called)(const Pair *pair);
`)
	require.NoError(t, err)
	require.Len(t, h.Typedefs, 2)
	assert.Equal(t, "Pair", h.Typedefs[0].Name)
	assert.False(t, h.Typedefs[0].IsFunction())
	assert.Equal(t, []header.Param{{Name: "size", Type: "size_t"}, {Name: "name", Type: "const char *"}}, h.Typedefs[0].Members)
	assert.True(t, h.Typedefs[1].IsFunction())
	assert.Nil(t, h.Typedefs[1].Members)
}

func TestErrorNamesTheLine(t *testing.T) {
	for _, text := range []string{
		"\n\nint CSmtp_Send(CSmtpHandle h);",
		"\n\nCSMTP_API int CSMTP_CALL CSmtp_Send(h);",
		"\n\nenum { CSMTP_ONE = one };",
	} {
		_, err := header.Parse(text)
		assert.ErrorContains(t, err, "line 3", text)
	}
}
