// SPDX-License-Identifier: MIT

package house

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The layers of the tree:
//
//	Package smtp does not mention C or CSmtp, neither in code nor in comments.
//	Package mailer does not use C.
//	The exported C functions and package gate contain nothing about SMTP.

// list returns the output of `go list` as words.
func list(t *testing.T, arguments ...string) []string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list"}, arguments...)...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return strings.Fields(string(out))
}

// deps returns the import paths of a package and all its dependencies.
func deps(t *testing.T, pkg string) []string {
	t.Helper()
	return list(t, "-deps", "-f", "{{.ImportPath}}", pkg)
}

// imports returns the direct imports of a package.
func imports(t *testing.T, pkg string) []string {
	t.Helper()
	return list(t, "-f", `{{join .Imports "\n"}}`, pkg)
}

func TestSMTPIsIndependentOfCAndCSmtp(t *testing.T) {
	for _, pkg := range list(t, "./smtp/...") {
		for _, dep := range deps(t, pkg) {
			assert.NotContains(t, []string{"csmtp", "csmtp/internal/mailer", "csmtp/internal/gate"}, dep, "%s must not depend on it", pkg)
		}
		assert.NotContains(t, imports(t, pkg), "C", pkg)
	}
	word := regexp.MustCompile(`import "C"|\bECSmtp\b|CSmtp_`)
	require.NoError(t, filepath.WalkDir("smtp", func(path string, d os.DirEntry, err error) error {
		if d != nil && d.IsDir() && path == "smtp/smtptest" {
			return filepath.SkipDir // the transcripts contain error numbers of the C API
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		src, err := os.ReadFile(path)
		assert.Empty(t, word.FindString(string(src)), "%s mentions C or CSmtp", path)
		return err
	}))
}

// floors lists, for each package, the packages of this module on which it is allowed to
// depend.
var floors = map[string][]string{
	"csmtp/smtp/sasl":    {"csmtp/smtp/internal/text"},
	"csmtp/smtp/keys":    {},
	"csmtp/smtp/message": {"csmtp/smtp/keys", "csmtp/smtp/internal/address", "csmtp/smtp/internal/idn", "csmtp/smtp/internal/text"},
	"csmtp/smtp/oauth":   {"csmtp/smtp/secret", "csmtp/internal/entity", "csmtp/smtp/internal/text"},
	"csmtp/smtp/httpmail": {"csmtp/smtp", "csmtp/smtp/secret", "csmtp/internal/entity", "csmtp/internal/pattern", "csmtp/smtp/sasl", "csmtp/smtp/internal/wire", "csmtp/smtp/internal/conn",
		"csmtp/smtp/internal/dial", "csmtp/smtp/internal/address", "csmtp/smtp/internal/idn", "csmtp/smtp/internal/text"},
	"csmtp/smtp/internal/wire":    {"csmtp/smtp/internal/text"},
	"csmtp/smtp/internal/conn":    {},
	"csmtp/smtp/internal/text":    {},
	"csmtp/smtp/internal/idn":     {"csmtp/smtp/internal/text"},
	"csmtp/smtp/internal/address": {"csmtp/smtp/internal/idn", "csmtp/smtp/internal/text"},
	"csmtp/smtp/internal/dial":    {"csmtp/smtp/internal/idn", "csmtp/smtp/internal/text"},
	"csmtp/smtp/secret":           {"csmtp/internal/entity", "csmtp/smtp/internal/text"},
	"csmtp/smtp": {"csmtp/smtp/secret", "csmtp/internal/entity", "csmtp/internal/pattern", "csmtp/smtp/sasl", "csmtp/smtp/internal/wire", "csmtp/smtp/internal/conn", "csmtp/smtp/internal/dial",
		"csmtp/smtp/internal/address", "csmtp/smtp/internal/idn", "csmtp/smtp/internal/text"},
	"csmtp/internal/header":  {},
	"csmtp/internal/entity":  {},
	"csmtp/internal/pattern": {},
	"csmtp/internal/forked":  {},
	"csmtp/internal/pool":    {},
}

func TestPackagesDependOnlyOnLowerLayers(t *testing.T) {
	for pkg, below := range floors {
		for _, dep := range deps(t, pkg) {
			if strings.HasPrefix(dep, "csmtp") && dep != pkg {
				assert.Contains(t, below, dep, "%s must not depend on %s", pkg, dep)
			}
			if first, _, _ := strings.Cut(dep, "/"); strings.Contains(first, ".") {
				if strings.HasPrefix(dep, "software.sslmate.com/src/go-pkcs12") {
					assert.Contains(t, []string{"csmtp/smtp/keys", "csmtp/smtp/message"}, pkg, "only keys reads PKCS #12")
					continue
				}
				assert.Regexp(t, `^(vendor/)?golang\.org/x/(text|net|crypto|sys)/`, dep, "%s has a new run-time dependency: %s", pkg, dep)
			}
		}
	}
}

// Every package of the library, except mailer and gate, is in the table 'floors'.
func TestEveryPackageOfTheLibraryHasALayer(t *testing.T) {
	for _, dep := range deps(t, ".") {
		if strings.HasPrefix(dep, "csmtp/") && !slices.Contains([]string{"csmtp/internal/mailer", "csmtp/internal/gate"}, dep) {
			assert.Contains(t, floors, dep, "a package is missing in floors")
		}
	}
}

func TestScriptedServerSharesNoCodeWithClient(t *testing.T) {
	for _, dep := range deps(t, "csmtp/smtp/smtptest") {
		if strings.HasPrefix(dep, "csmtp") {
			assert.Regexp(t, `^csmtp/smtp/smtptest`, dep)
		}
	}
}

func TestMailerIsIndependentOfC(t *testing.T) {
	for _, path := range imports(t, "csmtp/internal/mailer") {
		assert.NotContains(t, []string{"C", "unsafe", "csmtp/internal/gate"}, path)
	}
	files, err := filepath.Glob("internal/mailer/*.[chs]*")
	require.NoError(t, err)
	assert.Empty(t, files, "package mailer may have no C and no assembly")
}

func TestExportsAreIndependentOfSMTP(t *testing.T) {
	allowed := []string{"csmtp/internal/mailer", "csmtp/internal/gate"}
	for _, path := range imports(t, ".") {
		assert.NotRegexp(t, `^net|^crypto`, path, "the exports must not use the network")
		if strings.HasPrefix(path, "csmtp/") {
			assert.Contains(t, allowed, path)
		}
	}
}

func TestGateIsIndependentOfSMTP(t *testing.T) {
	files, err := filepath.Glob("internal/gate/*.[ch]")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range append(files, "gate.c") {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.NotRegexp(t, `(?i)\b(EHLO|RCPT TO|sockaddr|getaddrinfo)\b`, string(text), file)
	}
	for _, path := range imports(t, "csmtp/internal/gate") {
		assert.Equal(t, "C", path, "package gate may import only C")
	}
}

// TestTopLevelIsShort checks that the root folder has few files and folders, and no tests.
func TestTopLevelIsShort(t *testing.T) {
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	text, err := os.ReadFile(".gitignore") // not git, because the tree can be an unpacked archive
	require.NoError(t, err)
	ignore := strings.Fields(string(text))
	var names []string
	for _, e := range entries {
		ignored := slices.Contains(ignore, "/"+e.Name()) || slices.Contains(ignore, "/"+e.Name()+"/")
		if !strings.HasPrefix(e.Name(), ".") && !ignored {
			names = append(names, e.Name())
			assert.False(t, strings.HasSuffix(e.Name(), "_test.go"), e.Name())
		}
	}
	assert.LessOrEqual(t, len(names), 24, "%q", names)
}
