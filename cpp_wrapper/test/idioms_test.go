// SPDX-License-Identifier: MIT

package test

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"mime"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"csmtp/smtp/smtptest"
	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the table of idioms into docs/migration.md")

const (
	idiomsBegin = "<!-- The following table is generated: go test ./cpp_wrapper/test -run TestIdioms -update -->\n"
	idiomsEnd   = "<!-- End of the table of idioms -->\n"
)

// idiom is a small program in the style of programs written for the old class. Its
// first line is
//
//	// idiom | what the program does with CSmtp 2.4
//
// and its second line may contain options, as in
//
//	//! mails=2 has=text/html posix threads std=c++20 -fno-exceptions
//
// The option "mails" gives the number of mails, by default 1. The option "has" gives a
// regular expression that each mail must match. The option "std" gives the C++
// standard. The word "posix" marks a program that cannot be compiled for Windows,
// "threads" marks one that needs <thread>, and "libstdc++" marks one whose names clash
// with those in the headers of libc++. The other words are compiler flags.
//
// The arguments of the program are the host and the port. The program can write to its
// working directory. It must exit with 0. The subject of each mail begins with the name
// of the program. The program may print before it sends; the table in docs/migration.md
// shows the output in its column "here".
type idiom struct {
	name, source        string
	what, original      string
	mails               int
	posix, threads, gnu bool
	has, standard       string
	flags               []string
}

func readIdioms(t *testing.T) []idiom {
	t.Helper()
	sources, err := filepath.Glob("idioms/*.cpp")
	require.NoError(t, err)
	var found []idiom
	for _, source := range sources {
		text, err := os.ReadFile(source)
		require.NoError(t, err)
		i := idiom{name: strings.TrimSuffix(filepath.Base(source), ".cpp"), source: source, mails: 1, standard: "c++11"}
		lines := strings.SplitN(string(text), "\n", 3)
		var ok bool
		i.what, i.original, ok = strings.Cut(strings.TrimPrefix(lines[0], "// "), " | ")
		require.True(t, ok, "%s: the first line is not `// idiom | 2.4`", source)
		options, _ := strings.CutPrefix(lines[1], "//!")
		if options == lines[1] {
			options = ""
		}
		for _, word := range strings.Fields(options) {
			key, value, _ := strings.Cut(word, "=")
			switch {
			case key == "mails":
				i.mails, err = strconv.Atoi(value)
				require.NoError(t, err)
			case key == "has":
				i.has = value
			case key == "std":
				i.standard = value
			case word == "posix":
				i.posix = true
			case word == "threads":
				i.threads = true
			case word == "libstdc++":
				i.gnu = true
			default:
				require.True(t, strings.HasPrefix(word, "-"), "%s: unknown option %s", source, word)
				i.flags = append(i.flags, word)
			}
		}
		found = append(found, i)
	}
	return found
}

// supports reports whether kit k can compile program i.
func (k kit) supports(i idiom) bool {
	return !(k.windows && i.posix) && !(i.gnu && k.libcxx != "") && !(i.threads && k.windows && strings.HasSuffix(k.name, "win32"))
}

// anyCharset decodes a subject and keeps the octets of a charset that it does not know.
var anyCharset = mime.WordDecoder{CharsetReader: func(_ string, octets io.Reader) (io.Reader, error) { return octets, nil }}

// observe runs a program, checks the mails that arrive, and returns a text in the form
// of the table in docs/migration.md: the output of the program, how many mails it has
// sent, and their charset if it is not US-ASCII.
func (i idiom) observe(t *testing.T, program string) string {
	server := receiver(t, smtptest.MailOptions{NoAuth: true})
	got := execute(t, t.TempDir(), program, "localhost", strconv.Itoa(server.Port()))
	require.Zero(t, got.status, got.output)
	require.NoError(t, server.WaitIdle(i.mails, deadline))
	mails := server.Mails()
	require.Len(t, mails, i.mails, got.output)
	charset := ""
	for _, m := range mails {
		fields, err := mail.ReadMessage(bytes.NewReader(m.Data))
		require.NoError(t, err)
		text, err := anyCharset.DecodeHeader(fields.Header.Get("Subject"))
		require.NoError(t, err)
		assert.True(t, strings.HasPrefix(text, i.name), text)
		assert.Regexp(t, i.has, string(m.Data))
		_, content, err := mime.ParseMediaType(fields.Header.Get("Content-Type"))
		require.NoError(t, err)
		if c := content["charset"]; c != "" && !strings.EqualFold(c, "us-ascii") {
			charset = ", labelled as " + c
		}
	}
	observed := map[int]string{0: "sends nothing", 1: "sends"}[len(mails)]
	if observed == "" {
		observed = fmt.Sprintf("sends %d mails", len(mails))
	}
	observed += charset
	said := strings.ReplaceAll(strings.TrimSpace(got.output), "\n", "; ")
	switch {
	case said == "":
		return observed
	case len(mails) == 0:
		return said
	default:
		return said + ", then " + observed
	}
}

// TestIdioms compiles and runs the programs in idioms/. Their behavior must agree with
// the table in docs/migration.md.
func TestIdioms(t *testing.T) {
	t.Setenv("LC_ALL", "C") // the charset of this locale has no 8-bit characters
	all := readIdioms(t)
	var mu sync.Mutex
	observed := map[string]string{}
	t.Run("g++", func(t *testing.T) {
		for _, i := range all {
			if windows() && (i.posix || i.threads && threadModel == "win32") {
				continue
			}
			t.Run(i.name, func(t *testing.T) {
				t.Parallel()
				program := link(t, "g++", "idiom-"+i.name, join(i.flags, []string{"-std=" + i.standard, "-O0", i.source})...)
				saw := i.observe(t, program)
				mu.Lock()
				defer mu.Unlock()
				observed[i.name] = saw
			})
		}
	})
	if _, across := cross(); across || t.Failed() || len(observed) < len(all) {
		return // for another target, after a failure, or if only some programs ran, the table is not complete
	}
	var table strings.Builder
	table.WriteString("| idiom | CSmtp 2.4 | here |\n|---|---|---|\n")
	slices.SortFunc(all, func(a, b idiom) int { return strings.Compare(a.what, b.what) })
	for _, i := range all {
		fmt.Fprintf(&table, "| %s | %s | %s |\n", i.what, i.original, observed[i.name])
	}
	hosttest.RequireTable(t, idiomsBegin, idiomsEnd, table.String(), *update)
}

// TestIdiomsWithEveryKit compiles one of the programs with each kit, and runs the
// program if it was not built for Windows. With CSMTP_FULL_MATRIX, it does so with all
// programs.
func TestIdiomsWithEveryKit(t *testing.T) {
	all := readIdioms(t)
	eachKit(t, func(t *testing.T, k kit) {
		for _, i := range all {
			if !k.supports(i) {
				continue
			}
			t.Run(i.name, func(t *testing.T) {
				args := append(slices.Clone(i.flags), i.source)
				if !k.windows {
					i.observe(t, k.build(t, i.standard, args...))
					return
				}
				run(t, k.compiler, join(warnings, includes, []string{"-std=" + i.standard, "-fsyntax-only"}, args)...)
			})
			if !full {
				return
			}
		}
	})
}
