// SPDX-License-Identifier: MIT

package test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"csmtp/smtp/smtptest"
	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// mixtures lists the compiler flags for the two source files of a program. Code
// compiled with CSMTP_LEGACY_TLS does not verify certificates. Code compiled with
// CSMTP_STRICT refuses texts in an unknown charset.
var mixtures = map[string][2]string{
	"legacy":               {"-DCSMTP_LEGACY_TLS", ""},
	"legacy and strict":    {"-DCSMTP_LEGACY_TLS -DCSMTP_STRICT", ""},
	"legacy, other strict": {"-DCSMTP_LEGACY_TLS", "-DCSMTP_STRICT"},
	"strict":               {"-DCSMTP_STRICT", "-DLINUX"},
	"asserts":              {"-DCSMTP_LEGACY_TLS -DNDEBUG", "-UNDEBUG"},
	"wide":                 {"-DUNICODE -D_UNICODE -D_FILE_OFFSET_BITS=64", "-DCSMTP_LEGACY_TLS"},
	"standards":            {"-std=c++20 -DCSMTP_LEGACY_TLS", "-std=c++11"},
	"debugging library":    {"-D_GLIBCXX_DEBUG", "-DCSMTP_LEGACY_TLS"},
	"assertions":           {"-D_GLIBCXX_ASSERTIONS -DCSMTP_LEGACY_TLS", "-fno-rtti"},
	"two string classes":   {"-D_GLIBCXX_USE_CXX11_ABI=0", "-DCSMTP_LEGACY_TLS"},
	"static":               {"-DCSMTP_STATIC -DCSMTP_LEGACY_TLS", ""},
}

// TestUnitsWithDifferentMacros links two source files that were compiled with different
// macros, in both orders. The code of each file must behave as the macros of that file
// say.
func TestUnitsWithDifferentMacros(t *testing.T) {
	notOn(t, "starts hundreds of programs", "x64", "Win32", "arm64", "armhf")
	for name, flags := range mixtures {
		for _, compiler := range cxxCompilers {
			for _, level := range []string{"-O0", "-O2"} {
				if !full && name != "legacy" && (compiler != cxxCompilers[len(name)%2] || level != "-O0") {
					continue
				}
				t.Run(name+" "+compiler+" "+level, func(t *testing.T) {
					t.Parallel()
					hosttest.Need(t, compiler)
					mix(t, compiler, level, flags)
				})
			}
		}
	}
}

func mix(t *testing.T, compiler, level string, flags [2]string) {
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "raw.eml"), []byte("Subject: raw\r\n\r\nraw\r\n"), 0o600))
	var objects []string
	for i, unit := range []string{"a", "b"} {
		object := filepath.Join(folder, unit+".o")
		run(t, compiler, join(warnings, includes, []string{"-std=c++11", level, "-DUNIT=" + unit, "-c", "-o", object}, strings.Fields(flags[i]), []string{"tools/mixed/unit.cpp"})...)
		objects = append(objects, object)
	}
	lib := library(t)
	for _, order := range [][]string{{objects[0], objects[1]}, {objects[1], objects[0]}} {
		program := filepath.Join(folder, "mixed")
		run(t, compiler, join(warnings, includes, []string{"-std=c++11", level}, order, []string{"tools/mixed/main.cpp", "-o", program,
			"-L" + lib, "-lcsmtp", "-pthread", "-Wl,-rpath," + lib})...)
		server := receiver(t, smtptest.MailOptions{Certificate: "self-signed", NoAuth: true})
		got := execute(t, folder, program, "localhost", strconv.Itoa(server.TLSPort()))
		require.Zero(t, got.status, got.output)
		where := fmt.Sprintf("%v\n%s", order, got.output)
		ways := 0
		for _, line := range strings.Split(strings.TrimSpace(got.output), "\n") {
			unit, what, _ := strings.Cut(line, " ")
			macros := flags[map[string]int{"a": 0, "b": 1}[unit]]
			legacy, strict := strings.Contains(macros, "CSMTP_LEGACY_TLS"), strings.Contains(macros, "CSMTP_STRICT")
			switch {
			case strings.HasPrefix(what, "refused "), strict && strings.HasPrefix(what, "doubtful: "):
				assert.Regexp(t, " 903$", what, where)
			case strings.HasPrefix(what, "allowed "), strings.HasPrefix(what, "doubtful: "):
				assert.Regexp(t, " 0$", what, where)
			case strings.HasPrefix(what, "caught "):
				assert.Regexp(t, `^caught 902 1 .+SetSecurityType`, what, where)
			case strings.HasSuffix(what, "logged"), strings.HasSuffix(what, "no log"):
				assert.Contains(t, what, ": all parts, logged", where)
			case strings.HasPrefix(what, "unverified"), strings.HasSuffix(what, "render 0"):
				assert.Regexp(t, " 0$", what, where)
			case legacy && !strings.HasPrefix(what, "verified"):
				assert.Regexp(t, " 0$", what, where)
				ways++
			default:
				assert.Regexp(t, " 414$", what, where)
				ways++
			}
		}
		assert.Greater(t, ways, 60, where)
	}
}
