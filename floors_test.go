// SPDX-License-Identifier: MIT

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The three sentences that hold the house up:
//
//	smtp knows nothing of C or CSmtp.
//	csmtp.go knows nothing of C.
//	exports.go and gate.c know nothing of SMTP.

// deps lists what a package needs, tests left out.
func deps(t *testing.T, pkg string) []string {
	t.Helper()
	out, err := exec.Command("go", "list", "-deps", "-f", "{{.ImportPath}}", pkg).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return strings.Fields(string(out))
}

// imports lists what the files of the root package import.
func imports(t *testing.T, file string) []string {
	t.Helper()
	src, err := os.ReadFile(file)
	require.NoError(t, err)
	var found []string
	for _, m := range regexp.MustCompile(`(?m)^(?:import |\t)"([^"]+)"$`).FindAllStringSubmatch(string(src), -1) {
		found = append(found, m[1])
	}
	return found
}

func TestSMTPKnowsNothingOfCOrCSmtp(t *testing.T) {
	for _, pkg := range []string{"csmtp/smtp", "csmtp/smtp/sasl", "csmtp/smtp/message", "csmtp/smtp/oauth"} {
		assert.NotContains(t, deps(t, pkg), "csmtp", "%s must not need the root package", pkg)
	}
	word := regexp.MustCompile(`import "C"|\bECSmtp\b|CSmtp_`)
	require.NoError(t, filepath.WalkDir("smtp", func(path string, d os.DirEntry, err error) error {
		if d != nil && d.IsDir() && path == "smtp/smtptest" {
			return filepath.SkipDir // its transcripts name the numbers for all languages
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		src, err := os.ReadFile(path)
		assert.Empty(t, word.FindString(string(src)), "%s speaks of C or CSmtp", path)
		return err
	}))
}

func TestEachFloorUsesOnlyTheFloorsBelow(t *testing.T) {
	allowed := map[string][]string{
		"csmtp/smtp/sasl":          {"csmtp/smtp/internal/text"},
		"csmtp/smtp/message":       {"csmtp/smtp/internal/idn", "csmtp/smtp/internal/text"},
		"csmtp/internal/secret":    {},
		"csmtp/smtp/oauth":         {"csmtp/internal/secret", "csmtp/smtp/internal/text"},
		"csmtp/smtp/internal/wire": {},
		"csmtp/smtp/internal/idn":  {"csmtp/smtp/internal/text"},
		"csmtp/smtp/internal/text": {},
		"csmtp/smtp/internal/dial": {"csmtp/smtp/internal/idn", "csmtp/smtp/internal/text"},
		"csmtp/smtp":               {"csmtp/internal/secret", "csmtp/smtp/sasl", "csmtp/smtp/internal/wire", "csmtp/smtp/internal/dial", "csmtp/smtp/internal/idn", "csmtp/smtp/internal/text"},
	}
	for pkg, below := range allowed {
		for _, dep := range deps(t, pkg) {
			if strings.HasPrefix(dep, "csmtp") && dep != pkg {
				assert.Contains(t, below, dep, "%s may not use %s", pkg, dep)
			}
			if first, _, _ := strings.Cut(dep, "/"); strings.Contains(first, ".") {
				assert.Regexp(t, `^(vendor/)?golang\.org/x/(text|net|crypto|sys)/`, dep, "%s needs %s at run time", pkg, dep)
			}
		}
	}
}

func TestTheScriptedServerSharesNoCodeWithTheClient(t *testing.T) {
	for _, dep := range deps(t, "csmtp/smtp/smtptest") {
		if strings.HasPrefix(dep, "csmtp") {
			assert.Regexp(t, `^csmtp/smtp/smtptest`, dep)
		}
	}
}

// Only the files named exports know C; only the others know SMTP.
func TestCsmtpKnowsNothingOfCAndExportsNothingOfSMTP(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		exports := strings.HasPrefix(file, "exports")
		for _, pkg := range imports(t, file) {
			switch {
			case exports:
				assert.NotRegexp(t, `^csmtp/|^net|^crypto`, pkg, "%s may not know SMTP", file)
			default:
				assert.NotContains(t, []string{"C", "unsafe"}, pkg, "%s may not know C", file)
			}
		}
	}
	gates, err := filepath.Glob("gate*.[ch]")
	require.NoError(t, err)
	require.NotEmpty(t, gates)
	for _, file := range gates {
		gate, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.NotRegexp(t, `(?i)\b(EHLO|STARTTLS|RCPT|sockaddr|getaddrinfo)\b`, string(gate), file)
	}
}
