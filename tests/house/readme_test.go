// SPDX-License-Identifier: MIT

package house

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every code block of the README is compiled or checked against build.sh.
func TestREADMECodeBlocks(t *testing.T) {
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	seen := map[string]int{}
	for i, block := range regexp.MustCompile("(?s)```(\\w*)\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		language, code := block[1], block[2]
		seen[language]++
		switch language {
		case "cpp":
			compileBlock(t, i, code, "g++", ".cpp", "-std=c++11")
		case "c":
			compileBlock(t, i, code, "gcc", ".c", "-std=c99")
		case "ini": // read by a test of package mailer
		case "sh":
			for _, line := range strings.Split(strings.TrimSpace(code), "\n") {
				name, ok := strings.CutPrefix(line, "./build.sh ")
				require.True(t, ok, "%s: only commands of build.sh can be checked", line)
				script, err := os.ReadFile("build.sh")
				require.NoError(t, err)
				assert.Contains(t, string(script), "\n"+name+") ", "build.sh has no command %s", name)
			}
		default:
			t.Errorf("no check for code block %d in language %q", i+1, language)
		}
	}
	assert.GreaterOrEqual(t, seen["cpp"], 3)
	assert.GreaterOrEqual(t, seen["c"], 1)
}

func compileBlock(t *testing.T, i int, code, compiler, ending string, flags ...string) {
	t.Helper()
	source := filepath.Join(t.TempDir(), fmt.Sprintf("block%d%s", i, ending))
	require.NoError(t, os.WriteFile(source, []byte(code), 0o600))
	args := append(flags, "-Wall", "-Wextra", "-Werror", "-Iinclude", "-Icpp_wrapper", "-fsyntax-only", source)
	out, err := exec.Command(compiler, args...).CombinedOutput()
	assert.NoError(t, err, "block %d of the README: %s", i+1, out)
}

func TestREADMEListsEveryConfigurationKey(t *testing.T) {
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	code, err := os.ReadFile("internal/mailer/config.go")
	require.NoError(t, err)
	keys := regexp.MustCompile(`(?m)^\t+(?:case )?"([a-z0-9]+(?:-[a-z0-9]+)*)":`).FindAllStringSubmatch(string(code), -1)
	require.Greater(t, len(keys), 20)
	for _, key := range keys {
		assert.Contains(t, string(text), "`"+key[1]+"`")
	}
}
