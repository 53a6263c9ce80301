// SPDX-License-Identifier: MIT

package hostile

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"csmtp/smtp/smtptest"
	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// allocationHead is the part of the C program after boundaryHead. It replaces the function
// calloc, which the library's C code calls to allocate memory. If fail_at is n, the library's
// n-th call to calloc in the main thread fails.
const allocationHead = `
#include <dlfcn.h>
#include <pthread.h>
extern void *__libc_calloc(size_t n, size_t size);
static volatile int fail_at, seen, failed, failures;
static unsigned short port;
static pthread_t first;
void *calloc(size_t n, size_t size)
{
  Dl_info from;
  if (fail_at != 0 && pthread_equal(first, pthread_self()) && dladdr(__builtin_return_address(0), &from) != 0 &&
      from.dli_fname != NULL && strstr(from.dli_fname, "libcsmtp") != NULL && ++seen == fail_at) {
    failed = 1;
    return NULL;
  }
  return __libc_calloc(n, size);
}
static CSmtpHandle after_send(void) {
  CSmtpHandle h = CSmtp_New();
  CSmtp_SetSMTPServer(h, "127.0.0.1", port, 0);
  CSmtp_SetSenderMail(h, "a@test.example");
  CSmtp_SetSenderName(h, "A");
  CSmtp_SetSubject(h, "subject");
  CSmtp_AddRecipient(h, "b@test.example", NULL);
  CSmtp_AddMsgLine(h, "line");
  if (CSmtp_ConnectRemoteServer(h, "127.0.0.1", port, CSMTP_NO_SECURITY, 0, NULL, NULL) != 0 || CSmtp_Send(h) != 0)
    fail(CSmtp_GetLastErrorText(h), 0);
  CSmtp_SetSecurityType(h, 77);
  return h;
}
static int64_t read_some(void *user, void *buffer, size_t capacity)
{
  static int given;
  (void)user;
  if (capacity == 0)
    return given = 0;
  memset(buffer, 'x', 10);
  return given++ == 0 ? 10 : 0;
}
/* If an allocation fails, a text getter returns either "out of memory", or NULL or "". If
 * it returns NULL or "", it also sets the last error to CSMTP_LACK_OF_MEMORY. */
static void check_text(const char *what, CSmtpHandle h, const char *s)
{
  if (!failed)
    return;
  failures++;
  if (s != NULL && strcmp(s, "out of memory") == 0)
    return;
  if (s != NULL && s[0] != 0)
    fail(what, 1);
  if (CSmtp_GetLastError(h) != CSMTP_LACK_OF_MEMORY)
    fail(what, CSmtp_GetLastError(h));
}
static void check_code(const char *what, int n)
{
  failures += failed;
  if (failed && n != 0 && n != CSMTP_LACK_OF_MEMORY)
    fail(what, n);
}
#define FAILING(n, call) do { failed = seen = 0; fail_at = (n); call; fail_at = 0; } while (0)
`

// validArgs maps functions to arguments with which they succeed, so that they allocate
// memory for a text.
var validArgs = map[string][]string{
	"GetExtension":  {`"SIZE"`},
	"GetErrorText":  {"300 + n"},
	"RenderMessage": {"&text", "&size"},
}

// TestNoMemoryInEveryFunction makes each allocation of C memory in each function fail in
// turn. The function succeeds without this memory, returns CSMTP_LACK_OF_MEMORY, or
// returns no text or "out of memory". It never aborts the process.
func TestNoMemoryInEveryFunction(t *testing.T) {
	var program strings.Builder
	program.WriteString("#define _GNU_SOURCE\n" + boundaryHead + allocationHead +
		"int main(int argc, char **argv) {\n  CSmtpHandle h, other;\n  const char *s;\n  int n, r = 0, all = 0;\n" +
		"  if (argc != 2) return 2;\n  port = (unsigned short)atoi(argv[1]);\n  first = pthread_self();\n")
	texts := 0
	for _, f := range hosttest.Header(t).Functions {
		var args []string
		for i, p := range f.Params {
			switch {
			case p.Type == "CSmtpHandle":
				args = append(args, "h")
			case validArgs[f.Name] != nil:
				args = append(args, validArgs[f.Name][len(validArgs[f.Name])-len(f.Params)+i])
			default:
				args = append(args, values[p.Type][0])
			}
		}
		call := fmt.Sprintf("CSmtp_%s(%s)", f.Name, strings.Join(args, ", "))
		program.WriteString("  for (n = 1, failed = 1; failed; n++) {\n    h = after_send();\n")
		switch {
		case f.Result == "const char *":
			texts++
			fmt.Fprintf(&program, "    FAILING(n, s = %s);\n    check_text(%q, h, s);\n", call, call)
		case f.Name == "New" || f.Name == "Clone" || f.Name == "PoolNew":
			fmt.Fprintf(&program, "    FAILING(n, other = %s);\n    CSmtp_Free(other);\n", call)
		case f.Result == "void":
			fmt.Fprintf(&program, "    FAILING(n, %s);\n", call)
		default:
			fmt.Fprintf(&program, "    FAILING(n, r = (int)%s);\n    check_code(%q, r);\n", call, call)
		}
		program.WriteString("    all += failed;\n    CSmtp_Free(h);\n  }\n")
	}
	program.WriteString(`  h = after_send();
  CSmtp_SetSecurityType(h, CSMTP_NO_SECURITY);
  CSmtp_AddAttachmentReader(h, "a", NULL, 10, read_some, NULL);
  FAILING(1, r = CSmtp_Send(h));
  if (!failed || r != CSMTP_LACK_OF_MEMORY) fail("Send with a reader", r);
  if (CSmtp_Send(h) != 0) fail(CSmtp_GetLastErrorText(h), 1);
  CSmtp_Free(h);
  printf("%d failed\n", all + 1);
  return 0;
}
`)
	server, err := smtptest.NewMailServer(smtptest.MailOptions{Discard: true})
	require.NoError(t, err)
	defer server.Close()
	source := filepath.Join(t.TempDir(), "allocation.c")
	require.NoError(t, os.WriteFile(source, []byte(program.String()), 0o600))
	lib := hosttest.Library(t)
	out := execute(t, 3*time.Minute, nil, compile(t, lib, "allocation", source, "-O0", "-Wno-unused", "-Wl,--export-dynamic"), strconv.Itoa(server.Port()))
	failed, err := strconv.Atoi(strings.Fields(out)[0])
	require.NoError(t, err)
	assert.GreaterOrEqual(t, failed, texts, "each returned text needs an allocation")
	t.Logf("%d allocations failed", failed)
}

// cgo's own functions for C memory end the process if an allocation fails, so the
// exports do not use them.
func TestNoAllocationThatAborts(t *testing.T) {
	files, err := filepath.Glob("../../*.go")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, name := range []string{"C.CString(", "C.CBytes(", "C.malloc(", "C.calloc("} {
			assert.NotContains(t, string(text), name, file)
		}
	}
}
