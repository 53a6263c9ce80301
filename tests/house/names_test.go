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

// said are the string literals, and if wanted the comments, of the packages in
// folder that the library is built from.
func said(t *testing.T, folder string, comments bool) map[string][]string {
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

// Names of functions and constants of the C API as a text has them.
var (
	function = regexp.MustCompile(`\b(?:Add|Clear|Connect|Del|Mod|Get|Pool|Save|Send|Set|Render|Test)[A-Z]\w*\b`)
	constant = regexp.MustCompile(`\b(?:CSMTP_[A-Z0-9_]+|USE_[A-Z_]+|NO_SECURITY)\b`)
)

func TestNamesInTextsExist(t *testing.T) {
	h := readHeader(t)
	beside := []string{"CSMTP_CONFIG"} // a variable of the environment
	found := 0
	for text, where := range said(t, "internal/mailer", false) {
		for _, name := range append(function.FindAllString(text, -1), constant.FindAllString(text, -1)...) {
			found++
			if slices.Contains(beside, name) {
				continue
			}
			assert.True(t, h[name] || h["CSMTP_"+name], "%s: csmtp_c.h has no %s", where, name)
		}
	}
	assert.Greater(t, found, 100)
}

// TestSMTPNamesNoFunctionOfC: setters of C have names of their own in package
// smtp. Names that Go has too, as Send, are no matter.
func TestSMTPNamesNoFunctionOfC(t *testing.T) {
	h := readHeader(t)
	own := []string{"SetTimeouts", "SetTrace", "SendBatch"} // methods of smtp.Session
	for text, where := range said(t, "smtp", true) {
		for _, name := range regexp.MustCompile(`\b(?:[A-Z]\w*[a-z][A-Z]\w*|m_b\w+)\b`).FindAllString(text, -1) {
			if !slices.Contains(own, name) {
				assert.False(t, h[name] || strings.HasPrefix(name, "m_b"), "%s speaks of %s", where, name)
			}
		}
		for _, name := range constant.FindAllString(text, -1) {
			assert.Fail(t, name, "%s speaks of it", where)
		}
	}
}

// readHeader gives the names that csmtp_c.h declares, functions without CSmtp_.
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
