// SPDX-License-Identifier: MIT

package house

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"csmtp/internal/header"
	"csmtp/tests/hosttest"
)

// isCommand reports whether a code span of a document is a command with
// arguments, or build.sh.
func isCommand(span string) bool {
	words := strings.Fields(span)
	for len(words) > 0 && assigned(words[0]) != "" {
		words = words[1:]
	}
	if len(words) < 2 {
		return span == "./build.sh"
	}
	return strings.HasSuffix(words[0], ".sh") || slices.Contains([]string{"go", "cd", "csmtp-send", "csmtp-doctor", "csmtp-login", "csmtp-testserver"}, words[0])
}

// assigned returns the name of the variable that a word of a shell command sets, such as CI
// for CI=true, and "" for other words.
func assigned(word string) string {
	name, _, found := strings.Cut(word, "=")
	if !found || name != strings.ToUpper(name) || !slices.Equal(hosttest.Words(name), []string{name}) {
		return ""
	}
	return name
}

// isPlaceholder reports whether an argument is a placeholder, such as FILE, [DIR] or
// <NAME>.
func isPlaceholder(word string) bool {
	name := strings.Trim(strings.TrimSuffix(word, "..."), "[]()<>")
	return name != "" && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_-") == "" && name[0] >= 'A'
}

// checkCommand checks a line of shell in a document in the given folder. The programs,
// scripts, commands, options, files, tests and variables of this project that the line
// names must exist.
func checkCommand(folder, line string) error {
	line, _, _ = strings.Cut(line, " #")
	if strings.HasPrefix(line, "#") {
		return nil
	}
	in := "."
	for part := range strings.SplitSeq(line, "&&") {
		words := strings.Fields(part)
		for len(words) > 0 && assigned(words[0]) != "" {
			if name := assigned(words[0]); strings.HasPrefix(name, "CSMTP_") && !variables()[name] {
				return fmt.Errorf("nothing reads the variable %s", name)
			}
			words = words[1:]
		}
		if len(words) == 0 {
			continue
		}
		if words[0] == "cd" && len(words) == 2 {
			in = words[1]
		}
		if err := checkWords(folder, in, words); err != nil {
			return fmt.Errorf("%s: %w", strings.TrimSpace(line), err)
		}
	}
	return nil
}

func checkWords(folder, in string, words []string) error {
	name, arguments := words[0], words[1:]
	switch name {
	case "./build.sh":
		return checkBuild(arguments)
	case "go":
		return checkGo(in, arguments)
	case "csmtp-send", "csmtp-doctor", "csmtp-login", "csmtp-testserver":
		return checkOptions(name, arguments)
	case "man":
		return checkManual(arguments)
	case "openssl":
		return runsOpenssl(arguments)
	case "cargo", "cd", "cmake", "composer", "conan", "export", "g++", "gem", "make", "meson", "mvn", "npm", "pytest", "python3", "tar", "vcpkg":
		return checkPaths(arguments)
	}
	if !strings.HasSuffix(name, ".sh") {
		return fmt.Errorf("the test does not know the program %s", name)
	}
	script := filepath.Join(folder, name) // relative to the document's folder, or else to the root
	if _, err := os.Stat(script); err != nil {
		if _, err := os.Stat(name); err != nil {
			return err
		}
		script = name
	}
	if script == "examples/check.sh" {
		for _, language := range arguments {
			if _, err := os.Stat(filepath.Join("examples", language)); err != nil {
				return err
			}
		}
		return nil
	}
	return checkPaths(arguments)
}

// runsOpenssl runs, in an empty folder, an openssl command from a document.
func runsOpenssl(arguments []string) error {
	dir, err := os.MkdirTemp("", "csmtp-openssl-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	return hosttest.Command(dir, nil, "openssl", arguments...)
}

// checkBuild checks the arguments of build.sh against its help.
func checkBuild(arguments []string) error {
	if len(arguments) == 0 || arguments[0] == "help" {
		return nil
	}
	usage, err := help(arguments[0])
	if err != nil {
		return err
	}
	known := strings.FieldsFunc(usage, func(r rune) bool { return strings.ContainsRune(" \n[]|()`;,", r) })
	for i, word := range arguments[1:] {
		word = strings.Trim(word, "[]")
		for option := range strings.SplitSeq(word, "|") {
			switch {
			case isPlaceholder(option), slices.Contains(known, option):
			case arguments[0] == "test" && contains("tools/tests.sh", "\ntest_"+option+"() "):
			case slices.Contains([]string{"dist", "package"}, arguments[0]) && contains("packaging/dist.sh", "\n  "+option+") echo "):
			case arguments[0] == "bench" && contains("tests/interop/bench/main.go", `"`+strings.TrimPrefix(option, "-")+`"`):
			case arguments[0] == "bench" && i > 0 && arguments[i] == "-only": // names of workloads follow -only
			default:
				return fmt.Errorf("build.sh %s has no argument %s", arguments[0], option)
			}
		}
	}
	return nil
}

// checkGo checks the packages and the tests that a go command names.
func checkGo(in string, arguments []string) error {
	if slices.Equal(arguments, []string{"mod", "tidy"}) {
		return nil
	}
	if len(arguments) > 2 && slices.Equal(arguments[:2], []string{"mod", "edit"}) { // TestGoOfTestingPage runs it
		return nil
	}
	if len(arguments) == 2 && slices.Contains([]string{"get", "doc"}, arguments[0]) {
		folder, ours := strings.CutPrefix(strings.TrimSuffix(arguments[1], "/..."), "csmtp/")
		if _, err := os.Stat(folder); !ours || err != nil {
			return fmt.Errorf("csmtp has no package %s", arguments[1])
		}
		return nil
	}
	if len(arguments) == 0 || !slices.Contains([]string{"test", "generate", "build", "vet"}, arguments[0]) {
		return fmt.Errorf("the test does not know this command")
	}
	var run *regexp.Regexp
	var folders, flags []string // flags that the tests define
	for i := 1; i < len(arguments); i++ {
		switch word := arguments[i]; {
		case word == "-run":
			i++
			name, _, _ := strings.Cut(arguments[i], "/") // without the subtest
			run = regexp.MustCompile(name)
		case word == "-tags", word == "-timeout":
			i++
		case word == "-v":
		case strings.HasPrefix(word, "."):
			folder := filepath.Join(in, strings.TrimSuffix(word, "..."))
			if _, err := os.Stat(folder); err != nil {
				return err
			}
			folders = append(folders, folder)
		case strings.HasPrefix(word, "-"):
			flags = append(flags, `"`+word[1:]+`"`)
			i++
		default:
			return fmt.Errorf("the test does not know the argument %s", word)
		}
	}
	for _, flag := range flags {
		if !slices.ContainsFunc(folders, func(folder string) bool {
			files, _ := filepath.Glob(filepath.Join(folder, "*_test.go"))
			return slices.ContainsFunc(files, func(file string) bool { return contains(file, flag) })
		}) {
			return fmt.Errorf("no test of %v has a flag %s", folders, flag)
		}
	}
	if run == nil {
		return nil
	}
	for _, folder := range folders {
		files, _ := filepath.Glob(filepath.Join(folder, "*_test.go"))
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			if slices.ContainsFunc(testsIn(string(text)), run.MatchString) {
				return nil
			}
		}
	}
	return fmt.Errorf("no test of %v has a name like %s", folders, run)
}

// checkOptions checks that the manual of a program of this project describes the given
// options.
func checkOptions(program string, arguments []string) error {
	page, err := os.ReadFile("tools/" + program + ".1")
	if err != nil {
		return err
	}
	known := strings.FieldsFunc(strings.ReplaceAll(string(page), `\-`, "-"), func(r rune) bool { return strings.ContainsRune(" \",\n", r) })
	for _, word := range arguments {
		option, _, _ := strings.Cut(strings.Trim(word, "[]"), "=")
		if strings.HasPrefix(option, "-") && !slices.Contains(known, option) {
			return fmt.Errorf("the manual has no option %s", option)
		}
	}
	return nil
}

// checkManual checks a command that shows a manual page: the page must describe an
// existing function. (./build.sh docs makes these pages.)
func checkManual(arguments []string) error {
	page := arguments[len(arguments)-1]
	name, found := strings.CutPrefix(strings.TrimSuffix(page, ".3"), "build/docs/man/man3/CSmtp_")
	h, err := header.ReadFile("include/csmtp_c.h")
	if err != nil {
		return err
	}
	if !found || !slices.ContainsFunc(h.Functions, func(f header.Function) bool { return f.Name == name }) {
		return fmt.Errorf("./build.sh docs makes no %s", page)
	}
	return nil
}

// checkPaths checks that the files among the arguments exist. For files in the folder build,
// it checks that a script makes them.
func checkPaths(arguments []string) error {
	for _, word := range arguments {
		if _, value, found := strings.Cut(word, "="); found {
			word = strings.Trim(value, `"`)
		}
		word = strings.TrimPrefix(strings.TrimPrefix(word, "PATH/"), "/path/to/csmtp/")
		if word == "/path/to/csmtp" || !strings.Contains(word, "/") || strings.HasPrefix(word, "-") || strings.HasPrefix(word, "$") || strings.HasPrefix(word, `"$`) || strings.HasPrefix(word, `"csmtp/*:`) {
			continue
		}
		if made, found := strings.CutPrefix(word, "build/"); found {
			made, _, _ = strings.Cut(made, "/")
			if _, err := os.Stat("packaging/" + made + ".sh"); err != nil && !contains("build.sh", "/"+made) {
				return fmt.Errorf("no script makes %s", word)
			}
			continue
		}
		if _, err := os.Stat(word); err != nil && !contains("bindings/php/composer.json", `"name": "`+word+`"`) {
			return err
		}
	}
	return nil
}

func contains(file, text string) bool {
	found, err := os.ReadFile(file)
	return err == nil && strings.Contains(string(found), text)
}

// variables contains the words that begin with CSMTP_ in the programs, scripts and tests of this
// tree: environment variables, macros, constants and CMake options.
var variables = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}
	_ = filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && slices.Contains([]string{".git", "build", "tests/house"}, path) {
			return fs.SkipDir
		}
		if slices.Contains([]string{".go", ".sh", ".py", ".c", ".h", ".cpp", ".cmake"}, filepath.Ext(path)) || path == "CMakeLists.txt" {
			text, _ := os.ReadFile(path)
			for _, word := range hosttest.Words(string(text)) {
				if strings.HasPrefix(word, "CSMTP_") {
					names[word] = true
				}
			}
		}
		return nil
	})
	return names
})
