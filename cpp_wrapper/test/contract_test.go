// SPDX-License-Identifier: MIT

package test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// function is one of csmtp_c.h.
type function struct {
	result, name string
	arguments    []string // types
}

var prototype = regexp.MustCompile(`(?m)^CSMTP_API (.+?) ?CSMTP_CALL CSmtp_(\w+)\((.*)\);`)

func contract(t *testing.T) []function {
	t.Helper()
	header, err := os.ReadFile("../../include/csmtp_c.h")
	require.NoError(t, err)
	var all []function
	for _, m := range prototype.FindAllStringSubmatch(string(header), -1) {
		f := function{result: m[1], name: m[2]}
		for _, a := range strings.Split(m[3], ", ") {
			f.arguments = append(f.arguments, strings.TrimRight(a, "abcdefghijklmnopqrstuvwxyz_"))
		}
		all = append(all, f)
	}
	require.Equal(t, strings.Count(string(header), "\nCSMTP_API "), len(all))
	require.Greater(t, len(all), 60)
	return all
}

// TestClassHasEveryFunction: what C can do, the class can.
func TestClassHasEveryFunction(t *testing.T) {
	var class string
	for _, file := range []string{"../CSmtp.h", "../csmtp_core.h"} {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		class += string(text)
	}
	// C++ has these in other forms, or needs no method for them.
	other := map[string]bool{"GetHTML": true, "GetVersion": true}
	for _, f := range contract(t) {
		if !other[f.name] {
			assert.Contains(t, class, "CSmtp_"+f.name+"(", f.name)
		}
	}
}

// call is the C expression that calls f with a handle, and every other
// argument 0, NULL or the text.
func (f function) call(handle, text string) string {
	var args []string
	for i, a := range f.arguments {
		switch {
		case i == 0 && a == "CSmtpHandle ":
			args = append(args, handle)
		case a == "const char *":
			args = append(args, text)
		case a == "": // void
		default:
			args = append(args, "0")
		}
	}
	return fmt.Sprintf("CSmtp_%s(%s)", f.name, strings.Join(args, ", "))
}

// isValue tells the functions whose int is no error number.
func (f function) isValue() bool {
	return f.result != "int" || strings.HasPrefix(f.name, "Get") || strings.HasPrefix(f.name, "Is")
}

// TestEveryFunctionWithNothing calls every function with handles that are not
// alive, and with NULL and "" for every pointer: a number, never a crash.
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
	for _, f := range contract(t) {
		for _, handle := range []string{"0", "freed", "(CSmtpHandle)-1", "12345678", "live"} {
			if f.name == "Free" && handle == "live" {
				continue
			}
			for _, text := range []string{"NULL", `""`} {
				what := strings.ReplaceAll(fmt.Sprintf("%s/%s/%s", f.name, handle, text), `"`, `\"`)
				switch {
				case f.result == "const char *":
					fmt.Fprintf(&program, "  text(\"%s\", %s);\n", what, f.call(handle, text))
				case f.isValue():
					fmt.Fprintf(&program, "  (void)%s;\n", f.call(handle, text))
				default:
					fmt.Fprintf(&program, "  code(\"%s\", %s, %s);\n", what, handle, f.call(handle, text))
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
			// Where "" is an answer, NULL is for the lack of one.
			assert.Contains(t, []string{"text ", "text (null)"}, rest[:min(len(rest), 11)], line)
		case part[0] == "text":
		case !live:
			assert.Equal(t, "900", part[0], line)
		case part[0] == "0" || name == "SendAsync" || name == "Poll" || name == "Wait":
			// The end of the asynchronous Send may come between.
		default:
			assert.Equal(t, part[0], part[1], "%s: the last error is another", name)
			assert.NotEmpty(t, part[2], line)
		}
		if live && strings.HasSuffix(what, "NULL") && mustHaveText[name] {
			assert.Contains(t, []string{"902", "209"}, part[0], line)
		}
	}
}

// mustHaveText are functions that take no NULL.
var mustHaveText = map[string]bool{
	"AddRecipient": true, "AddCCRecipient": true, "AddBCCRecipient": true, "AddAttachment": true, "AddMsgLine": true,
	"SetSubject": true, "SetSenderName": true, "SetSenderMail": true, "SetReplyTo": true, "SetXMailer": true,
	"SetCharSet": true, "SetSMTPServer": true, "SetLogin": true, "SetPassword": true, "SetLocalHostName": true,
	"ConnectRemoteServer": true, "SetTextBody": true, "SetHTMLBody": true, "AddHeader": true, "SetCAFile": true,
	"SetAuthMechanism": true, "SetProxy": true, "SetLogFile": true, "SaveMessage": true, "RenderMessage": true,
}
