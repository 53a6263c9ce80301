// SPDX-License-Identifier: MIT

package hostile

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"csmtp/internal/header"
	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/require"
)

// values lists the arguments to try for each parameter type, as C expressions.
var values = map[string][]string{
	"CSmtpHandle":            {"live()", "0", "stale", "(CSmtpHandle)-1", "12345678"},
	"const char *":           {"NULL", `""`, `"127.0.0.1"`, "huge", `"a\r\nb\xff\x01 <\"@"`},
	"const void *":           {"NULL", "huge"},
	"void *":                 {"NULL", "huge"},
	"const char **":          {"NULL", "&text"},
	"size_t *":               {"NULL", "&size"},
	"const CSmtpHandle *":    {"NULL", "(const CSmtpHandle[1]){0}"},
	"int *":                  {"NULL", "(int[1]){0}"},
	"size_t":                 {"0", "1", "SIZE_MAX"},
	"int":                    {"0", "1", "-1", "77", "INT_MAX", "INT_MIN"},
	"unsigned":               {"0", "1", "UINT_MAX"},
	"unsigned int":           {"0", "1", "UINT_MAX"},
	"unsigned short":         {"0", "1", "65535"},
	"int64_t":                {"0", "1", "-1", "INT64_MAX", "INT64_MIN"},
	"CSmtpReadFunction":      {"NULL", "on_read"},
	"CSmtpTokenFunction":     {"NULL", "on_token"},
	"CSmtpDoneFunction":      {"NULL", "on_done"},
	"CSmtpProgressFunction":  {"NULL", "on_progress"},
	"CSmtpLogFunction":       {"NULL", "on_log"},
	"CSmtpEventFunction":     {"NULL", "on_event"},
	"CSmtpSendingFunction":   {"NULL"},
	"CSmtpEndedFunction":     {"NULL"},
	"CSmtpReconcileFunction": {"NULL"},
	"CSmtpHandle *":          {"NULL", "(CSmtpHandle[1]){0}"},
}

const boundaryHead = `#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "csmtp_c.h"
static char huge[70000];
static CSmtpHandle last, stale;
static const char *text;
static size_t size;
static int64_t on_read(void *user, void *buffer, size_t capacity) { (void)user; (void)buffer; (void)capacity; return -1; }
static const char *on_token(void *user, int refused) { (void)user; (void)refused; return NULL; }
static void on_done(void *user, CSmtpHandle h, int error) { (void)user; (void)h; (void)error; }
static int on_progress(void *user, int64_t sent, int64_t total) { (void)user; (void)sent; (void)total; return 1; }
static void on_log(void *user, int direction, const char *line) { (void)user; (void)direction; (void)line; }
static void on_event(void *user, const CSmtpEvent *event) { (void)user; (void)event; }
static CSmtpHandle live(void) {
  last = CSmtp_New();
  CSmtp_SetSMTPServer(last, "127.0.0.1", 1, 0);
  CSmtp_SetSenderMail(last, "a@test.example");
  CSmtp_AddRecipient(last, "b@test.example", NULL);
  CSmtp_SetTimeout(last, CSMTP_TIMEOUT_TOTAL, 2000);
  return last;
}
static void fail(const char *what, long long got) { printf("%s: unexpected result %lld\n", what, got); exit(1); }
static void done(void) { CSmtp_Free(last); last = 0; }
/* A result must be an error number of the header; for an invalid handle it must be
 * BAD_HANDLE. */
static void code(const char *what, int alive, int n) {
  if (n < 0 || n > 999 || (n != 0 && CSmtp_GetErrorText(n)[0] == 0) || n == CSMTP_INTERNAL) fail(what, n);
  if (!alive && n != CSMTP_BAD_HANDLE) fail(what, n);
  done();
}
static void value(const char *what, int alive, long long n) { if (!alive && n != 0) fail(what, n); done(); }
static void string(const char *what, int alive, const char *s) {
  if (!alive && s != NULL && s[0] != 0) fail(what, 1);
  if (s != NULL && strlen(s) > 200000) fail(what, 2);
  done();
}
`

// perFunction limits the number of argument lists with which a function is called. If at
// most perFunction lists are possible, all of them are used. Otherwise, lists are chosen
// that together contain every pair of values of any two arguments.
const perFunction = 800

// combinations returns all possible argument lists of f or, if there are too many, lists
// that contain every pair of values of any two arguments.
func combinations(t *testing.T, f header.Function) [][]string {
	total := 1
	for _, p := range f.Params {
		require.NotEmpty(t, values[p.Type], "%s: no values for a parameter of type %q", f.Name, p.Type)
		total *= len(values[p.Type])
	}
	if total > perFunction {
		return pairwise(f)
	}
	var all [][]string
	for n := range total {
		var args []string
		rest := n
		for _, p := range f.Params {
			args = append(args, values[p.Type][rest%len(values[p.Type])])
			rest /= len(values[p.Type])
		}
		all = append(all, args)
	}
	return all
}

// pair is a value of one argument together with a value of another.
type pair struct{ argument, value, other, otherValue int }

// pairwise returns argument lists that cover every pair. Each list starts with the first
// pair that is not yet covered; for each other argument, it uses the value that covers the
// largest number of pairs that are not yet covered.
func pairwise(f header.Function) [][]string {
	count := func(argument int) int { return len(values[f.Params[argument].Type]) }
	missing := map[pair]bool{}
	var order []pair
	for a := range f.Params {
		for b := a + 1; b < len(f.Params); b++ {
			for v := range count(a) {
				for w := range count(b) {
					p := pair{a, v, b, w}
					missing[p] = true
					order = append(order, p)
				}
			}
		}
	}
	var all [][]string
	for _, first := range order {
		if !missing[first] {
			continue
		}
		chosen := make([]int, len(f.Params))
		for a := range chosen {
			chosen[a] = undecided
		}
		chosen[first.argument], chosen[first.other] = first.value, first.otherValue
		for a := range chosen {
			if chosen[a] != undecided {
				continue
			}
			best, most := 0, -1
			for v := range count(a) {
				chosen[a] = v
				if n := len(covered(chosen, a, missing)); n > most {
					best, most = v, n
				}
			}
			chosen[a] = best
		}
		var args []string
		for a, v := range chosen {
			args = append(args, values[f.Params[a].Type][v])
			for _, p := range covered(chosen, a, missing) {
				delete(missing, p)
			}
		}
		all = append(all, args)
	}
	return all
}

// undecided marks an argument that has no value yet.
const undecided = -1

// covered returns the pairs in the set 'missing' that contain the chosen value of the argument
// and the chosen value of another argument.
func covered(chosen []int, argument int, missing map[pair]bool) []pair {
	var found []pair
	for other, v := range chosen {
		if v == undecided || other == argument {
			continue
		}
		p := pair{argument, chosen[argument], other, v}
		if other < argument {
			p = pair{other, v, argument, chosen[argument]}
		}
		if missing[p] {
			found = append(found, p)
		}
	}
	return found
}

// TestEveryFunctionWithEveryArgument calls each function of the header with combinations
// of NULL, stale, zero, huge and malformed arguments. Each call must return a valid result,
// such as an error number of the header, and must not crash, with and without the sanitizers.
func TestEveryFunctionWithEveryArgument(t *testing.T) {
	var program, main strings.Builder
	program.WriteString(boundaryHead)
	calls := 0
	for _, f := range hosttest.Header(t).Functions {
		fmt.Fprintf(&program, "static void try_%s(void) {\n", f.Name)
		for _, args := range combinations(t, f) {
			calls++
			// GetLastErrorText returns a text even for a handle that does not exist.
			alive := f.Handle() == "" || args[0] == "live()" || f.Name == "GetLastErrorText"
			call := fmt.Sprintf("CSmtp_%s(%s)", f.Name, strings.Join(args, ", "))
			what := fmt.Sprintf("%q, %d", call, map[bool]int{true: 1}[alive])
			switch {
			case f.Result == "void":
				fmt.Fprintf(&program, "  %s;\n  done();\n", call)
			case f.Result == "const char *":
				fmt.Fprintf(&program, "  string(%s, %s);\n", what, call)
			case f.Name == "New" || f.Name == "Clone" || f.Name == "PoolNew":
				fmt.Fprintf(&program, "  { CSmtpHandle made = %s; if (%d && made == 0) fail(%q, 0); CSmtp_Free(made); done(); }\n", call, map[bool]int{true: 1}[alive], call)
			case f.Name == "GetLastError" && !alive:
				fmt.Fprintf(&program, "  (void)%s;\n", call)
			case !f.IsValue():
				fmt.Fprintf(&program, "  code(%s, %s);\n", what, call)
			default:
				fmt.Fprintf(&program, "  value(%s, (long long)%s);\n", what, call)
			}
		}
		program.WriteString("}\n")
		fmt.Fprintf(&main, "  try_%s();\n", f.Name)
	}
	program.WriteString("int main(void) {\n  memset(huge, 'A', sizeof huge - 1);\n  stale = CSmtp_New();\n  CSmtp_Free(stale);\n" +
		main.String() + "  puts(\"done\");\n  return 0;\n}\n")
	require.Greater(t, calls, 2000)
	t.Logf("%d calls", calls)
	source := filepath.Join(t.TempDir(), "boundary.c")
	require.NoError(t, os.WriteFile(source, []byte(program.String()), 0o600))
	lib := hosttest.Library(t)
	for name, flags := range map[string][]string{"plain": {"-O0"}, "sanitized": append([]string{"-O0"}, sanitizers[2:]...)} {
		t.Run(name, func(t *testing.T) {
			out := execute(t, 3*time.Minute, nil, compile(t, lib, "boundary", source, append(flags, "-Wno-unused-function")...))
			require.Contains(t, out, "done")
		})
	}
}
