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

// panicHead follows boundaryHead. What goes to a mailer by call, and what does
// not, panics every second time, each by its own count: of two calls in a row
// just one does.
const panicHead = `
static CSmtpHandle made(void) {
  CSmtpHandle h = CSmtp_New();
  return h != 0 ? h : CSmtp_New();
}
static int truth(CSmtpHandle h) {
  int a = CSmtp_GetLastError(h), b = CSmtp_GetLastError(h);
  return a == CSMTP_INTERNAL ? b : a;
}
static void told(const char *what, CSmtpHandle h) {
  char first[400] = "";
  if (truth(h) != CSMTP_INTERNAL) fail(what, truth(h));
  strncpy(first, CSmtp_GetLastErrorText(h), sizeof first - 1);
  if (CSmtp_GetLastErrorText(h)[0] == 0 && first[0] == 0) fail(what, 1);
}
static void one(const char *what, int a, int b) {
  if ((a == CSMTP_INTERNAL) == (b == CSMTP_INTERNAL)) fail(what, a);
}
#define GIVES_CODE(what, call) do { h = made(); \
  if ((a = call) == CSMTP_INTERNAL) told(what, h); \
  if ((b = call) == CSMTP_INTERNAL) told(what, h); \
  one(what, a, b); CSmtp_Free(h); } while (0)
#define GIVES_CODE_AT_ONCE(what, call) do { h = made(); a = call; b = call; one(what, a, b); \
  (void)CSmtp_Wait(h, 60000); (void)CSmtp_Wait(h, 60000); CSmtp_Free(h); } while (0)
#define GIVES_VALUE(what, call) do { h = made(); a = call != 0; b = call != 0; \
  if (a && b) fail(what, 0); told(what, h); CSmtp_Free(h); } while (0)
#define GIVES_TEXT(what, call) do { h = made(); s = call; a = s != NULL && s[0] != 0; s = call; \
  if (a && s != NULL && s[0] != 0) fail(what, 0); told(what, h); CSmtp_Free(h); } while (0)
#define GIVES_NO_LINE(what, call) GIVES_CODE(what, (s = call, s != NULL && s[0] != 0 ? -1 : truth(h)))
#define GIVES_FIXED_TEXT(what, call) do { a = call[0] != 0; b = call[0] != 0; if (a == b) fail(what, a); } while (0)
#define GIVES_HANDLE(what, call) do { h = made(); \
  x = call; if (x == 0) told(what, 0); y = call; if (y == 0) told(what, 0); \
  if ((x == 0) == (y == 0)) fail(what, x == 0); CSmtp_Free(x); CSmtp_Free(y); CSmtp_Free(h); } while (0)
#define FREES(what, call) do { for (a = 0; a < 2; a++) { h = made(); call; \
  if (CSmtp_SetHTML(h, 1) != CSMTP_BAD_HANDLE) fail(what, a); } } while (0)
`

// panicShapes are the functions whose type does not say how they are checked.
var panicShapes = map[string]string{
	"New": "GIVES_HANDLE", "Clone": "GIVES_HANDLE", "Free": "FREES",
	"GetMsgLineText": "GIVES_NO_LINE", "GetErrorText": "GIVES_FIXED_TEXT", "GetVersion": "GIVES_FIXED_TEXT", "GetLastError": "GIVES_CODE_AT_ONCE",
	"SendAsync": "GIVES_CODE_AT_ONCE", "Poll": "GIVES_CODE_AT_ONCE", "Wait": "GIVES_CODE_AT_ONCE", "Cancel": "GIVES_CODE_AT_ONCE",
}

// TestAPanicInEveryFunction: in a library made for this test every second call
// panics, whichever function it is. It becomes CSMTP_INTERNAL, or where no
// number can be given 0 or "" and CSMTP_INTERNAL as last error, with a text to
// read; and the next call on the same handle works.
func TestAPanicInEveryFunction(t *testing.T) {
	var program strings.Builder
	program.WriteString(boundaryHead + panicHead + "int main(void) {\n  CSmtpHandle h, x, y;\n  const char *s;\n  int a, b;\n")
	for _, f := range hosttest.Header(t).Functions {
		var args []string
		for i, p := range f.Params {
			switch {
			case i == 0 && p.Type == "CSmtpHandle":
				args = append(args, "h")
			case f.Name == "GetErrorText":
				args = append(args, "104")
			case f.Name == "GetExtension":
				args = append(args, `"SIZE"`) // NULL is an error of its own
			default:
				args = append(args, values[p.Type][0])
			}
		}
		call := fmt.Sprintf("CSmtp_%s(%s)", f.Name, strings.Join(args, ", "))
		shape := panicShapes[f.Name]
		switch {
		case shape != "":
		case f.Result == "const char *":
			shape = "GIVES_TEXT"
		case !f.IsValue():
			shape = "GIVES_CODE"
		default:
			shape = "GIVES_VALUE"
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
