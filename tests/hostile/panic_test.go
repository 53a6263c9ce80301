// SPDX-License-Identifier: MIT

package hostile

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/require"
)

// panicHead is the part of the C program after boundaryHead. The library panics in every
// second call, and counts calls with a handle and calls without a handle separately. So
// one of two consecutive calls of the same kind panics.
const panicHead = `
static CSmtpHandle new_handle(void) {
  CSmtpHandle h = CSmtp_New();
  return h != 0 ? h : CSmtp_New();
}
static int last_error(CSmtpHandle h) {
  int a = CSmtp_GetLastError(h), b = CSmtp_GetLastError(h);
  return a == CSMTP_INTERNAL ? b : a;
}
static void check_error(const char *what, CSmtpHandle h) {
  char first[400] = "";
  if (last_error(h) != CSMTP_INTERNAL) fail(what, last_error(h));
  strncpy(first, CSmtp_GetLastErrorText(h), sizeof first - 1);
  if (CSmtp_GetLastErrorText(h)[0] == 0 && first[0] == 0) fail(what, 1);
}
static void one_panicked(const char *what, int a, int b) {
  if ((a == CSMTP_INTERNAL) == (b == CSMTP_INTERNAL)) fail(what, a);
}
#define RETURNS_CODE(what, call) do { h = new_handle(); \
  if ((a = call) == CSMTP_INTERNAL) check_error(what, h); \
  if ((b = call) == CSMTP_INTERNAL) check_error(what, h); \
  one_panicked(what, a, b); CSmtp_Free(h); } while (0)
#define RETURNS_CODE_AT_ONCE(what, call) do { h = new_handle(); a = call; b = call; one_panicked(what, a, b); \
  (void)CSmtp_Wait(h, 60000); (void)CSmtp_Wait(h, 60000); CSmtp_Free(h); } while (0)
#define RETURNS_VALUE(what, call) do { h = new_handle(); a = call != 0; b = call != 0; \
  if (a && b) fail(what, 0); check_error(what, h); CSmtp_Free(h); } while (0)
#define RETURNS_TEXT(what, call) do { h = new_handle(); s = call; a = s != NULL && s[0] != 0; s = call; \
  if (a && s != NULL && s[0] != 0) fail(what, 0); check_error(what, h); CSmtp_Free(h); } while (0)
#define RETURNS_NO_LINE(what, call) RETURNS_CODE(what, (s = call, s != NULL && s[0] != 0 ? -1 : last_error(h)))
#define RETURNS_COUNT(what, call) RETURNS_CODE(what, ((void)(call), last_error(h)))
#define RETURNS_FIXED_TEXT(what, call) do { a = call[0] != 0; b = call[0] != 0; if (a == b) fail(what, a); } while (0)
#define RETURNS_HANDLE(what, call) do { h = new_handle(); \
  x = call; if (x == 0) check_error(what, 0); y = call; if (y == 0) check_error(what, 0); \
  if ((x == 0) == (y == 0)) fail(what, x == 0); CSmtp_Free(x); CSmtp_Free(y); CSmtp_Free(h); } while (0)
#define FREES(what, call) do { for (a = 0; a < 2; a++) { h = new_handle(); call; \
  if (CSmtp_SetHTML(h, 1) != CSMTP_BAD_HANDLE) fail(what, a); } } while (0)
`

// panicShapes maps functions to the macros above that check them. It contains only the
// functions whose macro does not follow from their result type.
var panicShapes = map[string]string{
	"New": "RETURNS_HANDLE", "Clone": "RETURNS_HANDLE", "Free": "FREES", "PoolNew": "RETURNS_HANDLE",
	"PoolGetCount": "RETURNS_COUNT", "PoolGetQueued": "RETURNS_COUNT", "PoolGetRelayName": "RETURNS_COUNT", "PoolGetRelayError": "RETURNS_COUNT",
	"GetMsgLineText": "RETURNS_NO_LINE", "GetErrorText": "RETURNS_FIXED_TEXT", "GetVersion": "RETURNS_FIXED_TEXT", "GetLastError": "RETURNS_CODE_AT_ONCE",
	"SendAsync": "RETURNS_CODE_AT_ONCE", "Poll": "RETURNS_CODE_AT_ONCE", "Wait": "RETURNS_CODE_AT_ONCE", "Cancel": "RETURNS_CODE_AT_ONCE",
}

// TestPanicInEveryFunction uses a library in which every second call panics. Such a call
// returns CSMTP_INTERNAL if it returns an error number, and otherwise 0 or "". The last
// error is then CSMTP_INTERNAL, with a text. The next call on the same handle works.
func TestPanicInEveryFunction(t *testing.T) {
	var program strings.Builder
	program.WriteString(boundaryHead + panicHead + "int main(void) {\n  CSmtpHandle h, x, y;\n  const char *s;\n  int a, b;\n")
	for _, f := range hosttest.Header(t).Functions {
		var args []string
		for i, p := range f.Params {
			switch {
			case i == 0 && p.Type == "CSmtpHandle":
				args = append(args, "h")
			case p.Type == "CSmtpHandle":
				args = append(args, "stale") // not live(), because that call would panic too
			case f.Name == "GetErrorText":
				args = append(args, "104")
			case f.Name == "GetExtension":
				args = append(args, `"SIZE"`) // NULL would cause a different error
			default:
				args = append(args, values[p.Type][0])
			}
		}
		call := fmt.Sprintf("CSmtp_%s(%s)", f.Name, strings.Join(args, ", "))
		shape := panicShapes[f.Name]
		switch {
		case shape != "":
		case f.Result == "const char *":
			shape = "RETURNS_TEXT"
		case !f.IsValue():
			shape = "RETURNS_CODE"
		default:
			shape = "RETURNS_VALUE"
		}
		fmt.Fprintf(&program, "  %s(%q, %s);\n", shape, call, call)
	}
	program.WriteString("  puts(\"done\");\n  return 0;\n}\n")
	source := filepath.Join(t.TempDir(), "panics.c")
	require.NoError(t, os.WriteFile(source, []byte(program.String()), 0o600))
	lib, err := panicLibrary()
	require.NoError(t, err)
	out := execute(t, 2*time.Minute, nil, compile(t, lib, "panics", source, "-O0", "-Wno-unused", "-Wno-misleading-indentation"))
	require.Contains(t, out, "done")
}
