// SPDX-License-Identifier: MIT

package test

import (
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"csmtp/internal/header"
	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// namesInTexts returns the names of the functions and constants of csmtp_c.h that occur in the
// string literals of the library. The names are those of class CSmtp, without the prefix CSmtp_.
func namesInTexts(t *testing.T) map[string]bool {
	t.Helper()
	h, err := header.ReadFile(filepath.Join(hosttest.Root(), "include", "csmtp_c.h"))
	require.NoError(t, err)
	known := map[string]bool{}
	for _, f := range h.Functions {
		known[f.Name] = true
	}
	for _, e := range h.Enums {
		for _, v := range e.Values {
			known[v.Name] = true
		}
	}
	for _, name := range []string{"NO_SECURITY", "USE_TLS", "USE_SSL"} {
		known[name] = known["CSMTP_"+name]
	}
	known["Send"] = false // also an English word
	for _, name := range []string{"New", "Clone", "Free"} {
		known[name] = false // only the fixed text of BAD_HANDLE contains it, and no program shows that text
	}
	files, err := filepath.Glob(filepath.Join(hosttest.Root(), "internal", "mailer", "*.go"))
	require.NoError(t, err)
	names := map[string]bool{}
	word := regexp.MustCompile(`\w+`)
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		src, err := os.ReadFile(path)
		require.NoError(t, err)
		var s scanner.Scanner
		s.Init(token.NewFileSet().AddFile(path, -1, len(src)), src, nil, 0)
		for {
			_, tok, text := s.Scan()
			if tok == token.EOF {
				break
			}
			if tok != token.STRING {
				continue
			}
			for _, name := range word.FindAllString(text, -1) {
				if known[name] {
					names[name] = true
				}
			}
		}
	}
	require.Greater(t, len(names), 50)
	return names
}

// The table in words.cpp contains the names that can occur in texts of the library, and no
// others. All options in the table are options of the programs.
func TestWordsAreComplete(t *testing.T) {
	source, err := os.ReadFile(filepath.Join(hosttest.Root(), "tools", "words.cpp"))
	require.NoError(t, err)
	const column = `(nullptr|"[^"]*")`
	rows := regexp.MustCompile(`(?m)^    \{"([^"]+)", `+column+`, `+column+`\},$`).FindAllStringSubmatch(string(source), -1)
	names := namesInTexts(t)
	listed := map[string]bool{}
	help := map[string]string{}
	for _, program := range []string{"send", "doctor"} {
		help[program] = hosttest.Call{Program: compiled(t, program), Args: []string{"--help"}}.Run(t).Out
	}
	for _, row := range rows {
		listed[row[1]] = true
		if !strings.Contains(row[1], " ") {
			assert.True(t, names[row[1]], "no text of the library contains %s", row[1])
		}
		for i, program := range []string{"send", "doctor"} {
			for _, option := range regexp.MustCompile(`--[a-z0-9-]+`).FindAllString(row[2+i], -1) {
				assert.Regexp(t, regexp.QuoteMeta(option)+`[ \[]`, help[program], "csmtp-%s", program)
			}
		}
	}
	for name := range names {
		assert.True(t, listed[name], "words.cpp lacks %s, which a text of the library contains", name)
	}
}

func TestReword(t *testing.T) {
	const source = `#include "tools/words.h"
#include <cstdio>
int main(int, char *argv[]) {
  const tools::Speaker speaker = *argv[1] == 's' ? tools::kSend : tools::kDoctor;
  printf("%s", tools::Reword(argv[2], speaker, argv[3]).c_str());
}`
	path := filepath.Join(t.TempDir(), "reword.cpp")
	require.NoError(t, os.WriteFile(path, []byte(source), 0o600))
	reword := hosttest.Link(t, "g++", "reword", append([]string{"-std=c++11", "-I" + hosttest.Root(), path,
		filepath.Join(hosttest.Root(), "tools", "words.cpp")}, hosttest.Sanitizers...)...)
	for _, c := range []struct{ program, text, reply, want string }{
		{"send", "", "", ""},
		{"send", "SetCAFile: no such file", "", "--ca-file: no such file"},
		{"send", "The sender's address is missing: call SetSenderMail.", "", "The sender's address is missing: use --from."},
		{"send", "call AddRecipient, AddCCRecipient or AddBCCRecipient", "", "use --to, --cc or --bcc"},
		{"send", `SetSubject: "SetSubject \"SetSubject" is bad`, "", `--subject: "SetSubject \"SetSubject" is bad`},
		{"send", `SetSubject "SetSubject`, "", `--subject "SetSubject`},
		{"send", "MAIL: server said 550 use SetSubject: SetSubject", "550 use SetSubject", "MAIL: server said 550 use SetSubject: --subject"},
		{"send", "ResetSubject SetSubjects SetHTMLBody SetHTML (m_bHTML)", "", "ResetSubject SetSubjects --html --html"},
		{"send", "use USE_SSL (implicit TLS), usually port 465", "", "use --security ssl, usually port 465"},
		{"send", `AddHeader: "In-Reply-To" is a reserved field; use SetInReplyTo`, "", `--header: "In-Reply-To" is a reserved field; use SetInReplyTo of the library`},
		{"doctor", "add it with SetCAFile (SetTLSServerName)", "", "add it with --ca-file (--tls-name)"},
		{"doctor", "use USE_TLS (STARTTLS) or USE_SSL (implicit TLS)", "", "use STARTTLS or implicit TLS"},
	} {
		assert.Equal(t, c.want, hosttest.Call{Program: reword, Args: []string{c.program, c.text, c.reply}}.Run(t).Out)
	}
}
