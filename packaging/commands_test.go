// SPDX-License-Identifier: MIT

package packaging

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// machine returns an environment whose PATH lacks the commands in 'without'. The map 'instead'
// contains commands to replace: it maps each of them to the script that replaces it.
func machine(t *testing.T, without []string, instead map[string]string) []string {
	t.Helper()
	folder := t.TempDir()
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		files, _ := os.ReadDir(dir)
		for _, f := range files {
			// If the name already exists, the earlier folder takes precedence, as in
			// PATH.
			_ = os.Symlink(filepath.Join(dir, f.Name()), filepath.Join(folder, f.Name()))
		}
	}
	for _, name := range without {
		_ = os.Remove(filepath.Join(folder, name))
	}
	for name, script := range instead {
		_ = os.Remove(filepath.Join(folder, name))
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755))
	}
	return []string{"PATH=" + folder, "CC=", "CXX=", "CSMTP_BUILD_DIR=" + t.TempDir(), "CI="}
}

var (
	anyUser = map[string]string{"id": "echo 1000"}
	// offline simulates root on a Debian whose apt-get prints its arguments and cannot
	// install anything.
	offline = map[string]string{"id": "echo 0", "apt-get": `echo "apt-get $*"; case "$*" in *install*) exit 100 ;; esac`}
)

// command runs build.sh, which must fail, and returns its output.
func command(t *testing.T, env []string, args ...string) string {
	t.Helper()
	cmd := exec.Command("bash", append([]string{"./build.sh"}, args...)...)
	cmd.Dir = hosttest.Root()
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	require.Error(t, err, "%s", out)
	assert.NotContains(t, string(out), "passed", "a phase ran before the check")
	return string(out)
}

func TestMissingCompilerIsReportedFirst(t *testing.T) {
	for _, compilers := range [][]string{{"g++"}, {"gcc", "g++"}, {"gcc", "g++", "cc", "c++"}} {
		env := machine(t, compilers, anyUser)
		for _, args := range [][]string{{}, {"lib"}, {"examples"}, {"demo"}, {"fuzz"}, {"install"}, {"windows"}, {"bench"}} {
			said := command(t, env, args...)
			assert.Contains(t, said, "apt-get install g++", "%v", args)
			assert.NotContains(t, said, "cgo", "%v", args)
		}
		for _, args := range [][]string{{"unit"}, {"test"}, {"test", "all"}} {
			assert.Regexp(t, `(?m)^build\.sh: missing: (\S+ )*g\+\+`, command(t, env, args...), "%v", args)
		}
	}
}

func TestMissingGoIsReportedFirst(t *testing.T) {
	env := machine(t, []string{"go"}, anyUser)
	for _, args := range [][]string{{}, {"lib"}, {"demo"}, {"unit"}, {"test"}, {"test", "all"}} {
		assert.Regexp(t, `(?m)^build\.sh: missing: .*Go 1\.\d+`, command(t, env, args...), "%v", args)
	}
}

// For users other than root, one line names everything that is missing, before any
// phase runs.
func TestMissingPackagesAreNamedTogether(t *testing.T) {
	env := machine(t, []string{"go", "g++", "cmake", "make", "doxygen", "shellcheck", "valgrind", "luajit", "lintian", "zip"}, anyUser)
	line := func(args ...string) string {
		said := command(t, env, args...)
		lines := regexp.MustCompile(`(?m)^build\.sh: .*$`).FindAllString(said, -1)
		require.Len(t, lines, 1, said)
		return lines[0]
	}
	for _, name := range []string{"cmake", "doxygen", "g++", "make", "shellcheck"} {
		for _, args := range [][]string{{"test"}, {"test", "all"}} {
			assert.Regexp(t, `apt-get install .*\b`+regexp.QuoteMeta(name)+`( |$)`, line(args...))
		}
	}
	assert.NotContains(t, line("test"), "valgrind")
	for _, name := range []string{"valgrind", "luajit", "lintian", "zip"} {
		assert.Contains(t, line("test", "all"), " "+name)
	}
}

// As root, build.sh installs all missing packages before the first phase.
func TestMissingPackagesAreInstalledFirst(t *testing.T) {
	env := machine(t, []string{"cmake", "make", "doxygen"}, offline)
	said := command(t, env, "test")
	assert.Regexp(t, `(?m)^== installing .*cmake.*doxygen.*make`, said)
	assert.Contains(t, said, "apt-get could not install")
}

// If clang was installed without its recommended packages, the sanitizers are missing,
// although all commands exist.
func TestMissingSanitizersOfClangAreFound(t *testing.T) {
	hosttest.Need(t, "clang")
	env := machine(t, nil, map[string]string{"id": "echo 1000",
		"clang": `case "$*" in *-fsanitize*) exit 1 ;; esac`})
	assert.Contains(t, command(t, env, "test"), "libclang-rt-dev")
}

// packages runs functions of packages.sh and returns the lines that they print. Each line
// consists of a package and the check for it.
func packages(t *testing.T, functions ...string) string {
	t.Helper()
	var all strings.Builder
	for _, f := range functions {
		cmd := exec.Command("bash", "-euc", "root=$PWD; . ./tools/packages.sh; "+f+"_packages")
		cmd.Dir = hosttest.Root()
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		require.NotEmpty(t, out)
		all.Write(out)
	}
	return all.String()
}

// packages.sh lists every tool that a Go test calls.
func TestEveryToolIsListed(t *testing.T) {
	tool := regexp.MustCompile(`(?:hosttest\.Need\(t, |\bneed\(t, |LookPath\(|run\(t, |check\(t, |link\(t, |hosttest\.Link\(t, |exec\.Command\()"([a-z][a-z0-9+_.-]*)"`)
	// given matches the tools that need not be listed: tools from Debian's essential
	// packages or from Go, tools that the windows suite checks itself, and a tool that a
	// benchmark uses if it is installed.
	given := regexp.MustCompile(`^(ba|)sh$|^(dpkg-deb|go|git|mcs|javac|id|true|lld-link|llvm-dlltool|llvm-readobj|wine|smtp-sink)$`)
	list := packages(t, "go", "cmake", "source", "manual", "browser", "consumers")
	seen := 0
	err := filepath.WalkDir(hosttest.Root(), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == "interop" || d.Name() == "build" || d.Name() == ".git") {
			if err == nil {
				err = filepath.SkipDir
			}
			return err
		}
		// The programs in tools can call programs of the user's system, such as xdg-open.
		// packages.sh need not list these.
		inTools := strings.HasPrefix(path, filepath.Join(hosttest.Root(), "tools"))
		if !strings.HasSuffix(path, ".go") || inTools && !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		code, err := os.ReadFile(path)
		for _, m := range tool.FindAllStringSubmatch(string(code), -1) {
			if seen++; !given.MatchString(m[1]) {
				listed := regexp.MustCompile(`(?m)command -v ` + regexp.QuoteMeta(m[1]) + `($| )`).MatchString(list)
				assert.True(t, listed, "%s calls %s, which packages.sh does not list", path, m[1])
			}
		}
		return err
	})
	require.NoError(t, err)
	assert.Greater(t, seen, 15)
	for _, program := range []string{"shellcheck", "doxygen", "valgrind", "dpkg-buildpackage", "llvm-dlltool", "javac", "fpc"} {
		assert.Contains(t, packages(t, "source", "manual", "sanitizers", "package", "windows", "languages"), program)
	}
}

// The documents and .ci/run mention the commands of build.sh. Each phase of the tests belongs to a
// command.
func TestCommandsAreDocumented(t *testing.T) {
	for file, names := range map[string][]string{
		"../README.md":       {"./build.sh demo\n", "./build.sh test\n"},
		"../CONTRIBUTING.md": {"./build.sh demo`", "./build.sh unit`", "./build.sh test`", "./build.sh test all`"},
	} {
		for _, name := range names {
			assert.Contains(t, read(t, file), name, file)
		}
	}
	assert.Regexp(t, `exec \./build\.sh test all\n$`, read(t, "../.ci/run"))
	phases := read(t, "../tools/tests.sh")
	for _, m := range regexp.MustCompile(`(?m)^\w+_phases=\((.*)\)$`).FindAllStringSubmatch(phases, -1) {
		for _, phase := range strings.Fields(m[1]) {
			assert.True(t, strings.Contains(phases, "\ntest_"+phase+"() {"), phase)
			assert.True(t, strings.Contains(phases, "\nwhat_"+phase+"() {"), phase)
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^test_(\w+)\(\)`).FindAllStringSubmatch(phases, -1) {
		assert.True(t, regexp.MustCompile(`(?m)^\w+_phases=\(.*\b`+m[1]+`\b.*\)$`).MatchString(phases), "no command runs the phase %s", m[1])
	}
}
