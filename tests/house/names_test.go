// SPDX-License-Identifier: MIT

package house

import (
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"csmtp/internal/header"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// literals returns the string literals in the Go files below folder, each with the positions
// at which it occurs. If 'comments' is true, it also returns the comments. It omits test files and
// package smtptest.
func literals(t *testing.T, folder string, comments bool) map[string][]string {
	t.Helper()
	texts := map[string][]string{}
	require.NoError(t, filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if d != nil && d.IsDir() && path == "smtp/smtptest" {
			return filepath.SkipDir
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		src, err := os.ReadFile(path)
		files := token.NewFileSet()
		var s scanner.Scanner
		s.Init(files.AddFile(path, -1, len(src)), src, nil, scanner.ScanComments)
		for {
			at, tok, text := s.Scan()
			switch {
			case tok == token.EOF:
				return err
			case tok == token.STRING, tok == token.COMMENT && comments:
				texts[text] = append(texts[text], files.Position(at).String())
			}
		}
	}))
	require.NotEmpty(t, texts, folder)
	return texts
}

// These expressions match the names of functions and constants of the C API in the forms
// that texts use.
var (
	function = regexp.MustCompile(`\b(?:Add|Clear|Connect|Del|Mod|Get|Pool|Save|Send|Set|Render|Test)[A-Z]\w*\b`)
	constant = regexp.MustCompile(`\b(?:CSMTP_[A-Z0-9_]+|USE_[A-Z_]+|NO_SECURITY)\b`)
)

func TestNamesInTextsExist(t *testing.T) {
	h := readHeader(t)
	others := []string{"CSMTP_CONFIG", "GetACP"} // an environment variable, and a function of Windows
	found := 0
	for text, where := range literals(t, "internal/mailer", false) {
		for _, name := range append(function.FindAllString(text, -1), constant.FindAllString(text, -1)...) {
			found++
			if slices.Contains(others, name) {
				continue
			}
			assert.True(t, h[name] || h["CSMTP_"+name], "%s: csmtp_c.h does not declare %s", where, name)
		}
	}
	assert.Greater(t, found, 100)
}

// Texts and comments of package smtp do not name functions or constants of the C
// API. Names of one word, such as Send, are not checked.
func TestSMTPDoesNotNameCFunctions(t *testing.T) {
	h := readHeader(t)
	own := []string{"SetTimeouts", "SetTrace", "SendBatch"} // methods of smtp.Session
	for text, where := range literals(t, "smtp", true) {
		for _, name := range regexp.MustCompile(`\b(?:[A-Z]\w*[a-z][A-Z]\w*|m_b\w+)\b`).FindAllString(text, -1) {
			if !slices.Contains(own, name) {
				assert.False(t, h[name] || strings.HasPrefix(name, "m_b"), "%s names %s of the C API", where, name)
			}
		}
		for _, name := range constant.FindAllString(text, -1) {
			assert.Fail(t, "a constant of the C API", "%s names %s", where, name)
		}
	}
}

// readHeader returns the names that csmtp_c.h declares. The names of functions are
// without the prefix CSmtp_.
func readHeader(t *testing.T) map[string]bool {
	t.Helper()
	h, err := header.ReadFile("include/csmtp_c.h")
	require.NoError(t, err)
	names := map[string]bool{}
	for _, f := range h.Functions {
		names[f.Name] = true
	}
	for _, e := range h.Enums {
		for _, v := range e.Values {
			names[v.Name] = true
		}
	}
	require.Greater(t, len(names), 150)
	return names
}

// When build.sh has finished, it prints the name of every program that it has built.
func TestBuildNamesThePrograms(t *testing.T) {
	manuals, err := filepath.Glob("tools/csmtp-*.1")
	require.NoError(t, err)
	require.Len(t, manuals, 4)
	script, err := os.ReadFile("build.sh")
	require.NoError(t, err)
	_, after, found := strings.Cut(string(script), "\nreport_build() {\n")
	require.True(t, found)
	line, _, _ := strings.Cut(after, "\n}\n")
	for _, manual := range manuals {
		assert.Contains(t, line, strings.TrimSuffix(filepath.Base(manual), ".1"))
	}
}
