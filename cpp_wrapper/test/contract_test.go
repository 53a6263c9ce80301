// SPDX-License-Identifier: MIT

package test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csmtp/internal/header"
	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestClassHasEveryFunction checks that the class calls every C function.
func TestClassHasEveryFunction(t *testing.T) {
	var class string
	for _, file := range []string{"../CSmtp.h", "../csmtp_core.h", "../csmtp_extensions.h", "../csmtp_pool.h"} {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		class += string(text)
	}
	// Functions that the class provides in another form, or does not need.
	other := map[string]bool{"GetHTML": true, "GetVersion": true}
	for _, f := range hosttest.Header(t).Functions {
		if !other[f.Name] {
			assert.Contains(t, class, "CSmtp_"+f.Name+"(", f.Name)
		}
	}
}

// call returns a C expression that calls f. In it, 'handle' is passed as the handle,
// 'text' is passed as each string, and 0 is passed as every other argument.
func call(f header.Function, handle, text string) string {
	var args []string
	for i, p := range f.Params {
		switch {
		case i == 0 && f.Handle() != "":
			args = append(args, handle)
		case p.Type == "const char *":
			args = append(args, text)
		default:
			args = append(args, "0")
		}
	}
	return fmt.Sprintf("%s(%s)", f.CName(), strings.Join(args, ", "))
}

// TestEveryFunctionWithNothing calls every function with invalid handles and with a valid
// one, and with NULL and "" for every string. No call may crash, and each call with an
// invalid handle must fail.
func TestEveryFunctionWithNothing(t *testing.T) {
	const head = `#include "csmtp_c.h"
#include <stdio.h>
static void code(const char *what, CSmtpHandle h, int error) {
  printf("%s %d %d %s\n", what, error, CSmtp_GetLastError(h), CSmtp_GetLastErrorText(h));
}
static void text(const char *what, const char *s) { printf("%s text %s\n", what, s == NULL ? "(null)" : s); }
int main(void) {
  CSmtpHandle live = CSmtp_New(), freed = CSmtp_New();
  CSmtp_Free(freed);
`
	var program strings.Builder
	program.WriteString(head)
	for _, f := range hosttest.Header(t).Functions {
		for _, handle := range []string{"0", "freed", "(CSmtpHandle)-1", "12345678", "live"} {
			if f.Name == "Free" && handle == "live" {
				continue
			}
			for _, text := range []string{"NULL", `""`} {
				what := strings.ReplaceAll(fmt.Sprintf("%s/%s/%s", f.Name, handle, text), `"`, `\"`)
				switch {
				case f.Result == "const char *":
					fmt.Fprintf(&program, "  text(\"%s\", %s);\n", what, call(f, handle, text))
				case f.IsValue():
					fmt.Fprintf(&program, "  (void)%s;\n", call(f, handle, text))
				default:
					fmt.Fprintf(&program, "  code(\"%s\", %s, %s);\n", what, handle, call(f, handle, text))
				}
			}
		}
	}
	program.WriteString("  CSmtp_Free(live);\n  return 0;\n}\n")
	source := filepath.Join(t.TempDir(), "nothing.c")
	require.NoError(t, os.WriteFile(source, []byte(program.String()), 0o600))
	got := execute(t, t.TempDir(), link(t, "gcc", "nothing", append(sanitized, "-std=c99", "-Wno-nonnull", source)...))
	require.Zero(t, got.status, got.output)

	for _, line := range strings.Split(strings.TrimSpace(got.output), "\n") {
		what, rest, _ := strings.Cut(line, " ")
		part := append(strings.SplitN(rest, " ", 3), "", "")
		name, handle, _ := strings.Cut(what, "/")
		live := strings.HasPrefix(handle, "live/")
		switch {
		case name == "GetVersion" || name == "GetErrorText" || name == "GetLastErrorText":
		case part[0] == "text" && !live:
			// With an invalid handle, the result is "", or NULL if "" would be a valid result.
			assert.Contains(t, []string{"text ", "text (null)"}, rest[:min(len(rest), 11)], line)
		case part[0] == "text":
		case !live:
			assert.Equal(t, "900", part[0], line)
		case part[0] == "0" || name == "SendAsync" || name == "Poll" || name == "Wait":
			// GetLastError need not return the result of SendAsync, Poll or Wait: the
			// asynchronous Send can end between that call and the call to GetLastError.
		default:
			assert.Equal(t, part[0], part[1], "%s: GetLastError differs from the result", name)
			assert.NotEmpty(t, part[2], line)
		}
		if live && strings.HasSuffix(what, "NULL") && mustHaveText[name] {
			assert.Contains(t, []string{"902", "209"}, part[0], line)
		}
	}
}

// mustHaveText lists the functions that refuse NULL.
var mustHaveText = map[string]bool{
	"AddRecipient": true, "AddCCRecipient": true, "AddBCCRecipient": true, "AddAttachment": true, "AddMsgLine": true,
	"SetSubject": true, "SetSenderName": true, "SetSenderMail": true, "SetReplyTo": true, "SetXMailer": true,
	"SetCharSet": true, "SetSMTPServer": true, "SetLogin": true, "SetPassword": true, "SetLocalHostName": true,
	"ConnectRemoteServer": true, "SetTextBody": true, "SetHTMLBody": true, "AddHeader": true, "SetCAFile": true,
	"SetAuthMechanism": true, "SetProxy": true, "SetLogFile": true, "SaveMessage": true, "RenderMessage": true,
}
