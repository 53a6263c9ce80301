// SPDX-License-Identifier: MIT

package test

import (
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// moved contains the files of a project for which every step of the migration has been
// done.
var moved = map[string]string{
	"src/main.cpp": "#include \"CSmtp.h\"\n#include <openssl/sha.h>\nint main() { CSmtp m; m.Send(); SHA256(0, 0, 0); }\n",
	"src/plain.cpp": "// SSL_new(ctx) would need OpenSSL's header, but this file does not include CSmtp.h.\n" +
		"int f() { return my.RAND_bytes(0), ns::SHA1 (1); }\n",
	"Makefile": "LIBS = -lcsmtp -lcrypto\nLDFLAGS = -Wl,-rpath,/opt/csmtp/lib\nOBJS = main.o plain.o\n\n# c++ -lcsmtp main.o\n" +
		"prog: $(OBJS)\n\t$(CXX) $(LDFLAGS) -o $@ $(OBJS) \\\n\t  $(LIBS)\n",
	"CMakeLists.txt": "find_package(csmtp)\ntarget_link_libraries(prog csmtp::csmtp)\n",
}

const (
	oldHeader = "#pragma once\n#include <openssl/ssl.h>\nclass CSmtp { public: void Send(); };\n"
	oldSource = "#include \"CSmtp.h\"\nvoid CSmtp::Send() { SSL_library_init(); }\n"
)

// TestCheckMigration runs compat/check-migration.sh for the migrated project in the variable
// 'moved', and for variants of this project. In most variants, one step of the migration is
// missing.
func TestCheckMigration(t *testing.T) {
	if _, across := cross(); across {
		t.Logf("the script does not depend on CSMTP_TARGET")
		return
	}
	compat := func(name string) string {
		text, err := os.ReadFile(filepath.Join("..", "compat", name))
		require.NoError(t, err)
		return string(text)
	}
	for name, test := range map[string]struct {
		files map[string]string // the files that replace those in 'moved'; "" removes a file
		want  []string          // the beginnings of the printed lines, in this order
	}{
		"moved": {},
		"moved, with the files of compat": {files: map[string]string{
			"CSmtp.h": "// SPDX-License-Identifier: MIT\n//\n// CSmtp.h: class CSmtp and its exception ECSmtp\n", "compat/CSmtp.cpp": compat("CSmtp.cpp"),
			"compat/base64.h": compat("base64.h"), "compat/md5.h": compat("md5.h"), "compat/base64.cpp": compat("base64.cpp"),
		}},
		"another's base64.h": {files: map[string]string{"src/base64.h": "int decode64(const char *);\n"}},
		"old header":         {map[string]string{"src/CSmtp.h": oldHeader}, []string{"src/CSmtp.h: belongs to the old class"}},
		"old header, other case": {map[string]string{"inc/csmtp.h": oldHeader},
			[]string{"inc/csmtp.h: belongs to the old class"}},
		"old sources": {map[string]string{"src/CSmtp.cpp": oldSource, "src/md5.cpp": "void MD5::update() {}\n",
			"src/base64.h": "std::string base64_encode(int);\n", "prog.vcxproj": "<ClCompile Include=\"src\\CSmtp.cpp\" />\n"},
			[]string{"src/CSmtp.cpp: belongs to the old class", "src/base64.h: belongs", "src/md5.cpp: belongs", "prog.vcxproj:1: compiles csmtp.cpp"}},
		"objects of the old class": {map[string]string{"src/CSmtp.cpp": oldSource, "Makefile": moved["Makefile"] + "OLD = CSmtp.o\n"},
			[]string{"src/CSmtp.cpp: belongs", "Makefile:9: compiles csmtp.cpp"}},
		"copy of compat": {map[string]string{"src/CSmtp.cpp": compat("CSmtp.cpp")},
			[]string{"src/CSmtp.cpp: is a copy of compat/CSmtp.cpp"}},
		"library before objects": {map[string]string{"Makefile": "X = -Wl,-rpath,/l\np: main.o\n\tg++ -o p -lcsmtp -lcrypto main.o\n"},
			[]string{"Makefile:3: the library comes before the objects"}},
		"library before objects, in a variable": {map[string]string{"Makefile": "LDFLAGS += -L/l -lcsmtp -Wl,-rpath,/l -lcrypto\np: main.o\n\t$(CXX) ${LDFLAGS} \\\n\t  -o $@ $^\n"},
			[]string{"Makefile:3: the library comes before the objects"}},
		"library before sources, in a script": {map[string]string{"build.sh": "g++ -lcsmtp src/main.cpp -o prog\n"},
			[]string{"build.sh:1: the library comes before the objects"}},
		"library in LDFLAGS, for make's own rule": {map[string]string{"Makefile": "LDFLAGS = -lcsmtp -Wl,-rpath,/l -lcrypto\np: p.o\n"},
			[]string{"Makefile:1: make puts LDFLAGS before the objects"}},
		"library in CMake's linker options": {map[string]string{"CMakeLists.txt": "project(p)\nset(CMAKE_EXE_LINKER_FLAGS \"-lcsmtp\")\n"},
			[]string{"CMakeLists.txt:2: CMake puts linker options before the objects"}},
		"OpenSSL in a comment": {files: map[string]string{"src/b.cpp": "#include \"CSmtp.h\"\n// SSL_new(ctx) is not called\n"}},
		"OpenSSL through CSmtp.h": {map[string]string{"src/tls.cpp": "#include <CSmtp.h>\n\nvoid f() { EVP_MD_CTX_new(); }\n"},
			[]string{"src/tls.cpp:3: uses OpenSSL, which the old CSmtp.h included"}},
		"OpenSSL without need": {map[string]string{"src/main.cpp": "#include \"CSmtp.h\"\nint main() { CSmtp m; }\n", "src/plain.cpp": ""},
			[]string{"Makefile:1: links OpenSSL, which no source"}},
		"name of the header": {map[string]string{"src/a.cpp": "// a\n#include \"lib/csmtp.h\"\n"},
			[]string{"src/a.cpp:2: the name of the header is CSmtp.h"}},
		"error text in an array": {map[string]string{"src/e.cpp": "#include \"CSmtp.h\"\nvoid f(char *to, ECSmtp &e) {\n  strcpy(to, e.GetErrorText().c_str());\n" +
			"  snprintf(to, 9, e.GetErrorText().c_str()); }\n"}, []string{"src/e.cpp:3: copies GetErrorText into an array"}},
		"not linked": {map[string]string{"Makefile": "p: main.o\n\tg++ -o p main.o -lcrypto\n", "CMakeLists.txt": ""},
			[]string{".: no build file links the library"}},
		"not found at run time": {map[string]string{"Makefile": "p: main.o\n\tg++ -o p main.o -lcsmtp -lcrypto\n", "CMakeLists.txt": ""},
			[]string{".: the program will not find libcsmtp.so.1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			project := filepath.Join(t.TempDir(), "a project")
			files := maps.Clone(moved)
			maps.Copy(files, test.files)
			for file, text := range files {
				if text == "" {
					continue
				}
				path := filepath.Join(project, file)
				require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
				require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
			}
			printed, status := checkMigration(t, project)
			if len(test.want) == 0 {
				assert.Zero(t, status, printed)
				assert.Equal(t, "nothing is left to do\n", printed)
				return
			}
			assert.Equal(t, 1, status, printed)
			lines := strings.Split(strings.TrimSpace(printed), "\n")
			require.Len(t, lines, 2*len(test.want), printed) // each line is followed by advice
			found := map[string]bool{}
			for i := 0; i < len(lines); i += 2 {
				assert.Regexp(t, "^    [a-z]", lines[i+1])
				for _, want := range test.want {
					if strings.HasPrefix(lines[i], want) {
						found[want] = true
					}
				}
			}
			assert.Len(t, found, len(test.want), printed)
		})
	}
	printed, status := checkMigration(t, filepath.Join(t.TempDir(), "missing"))
	assert.Equal(t, 2, status)
	assert.Contains(t, printed, "usage: check-migration.sh DIR")
}

// checkMigration runs the script in an environment in which ldconfig does not list the
// library.
func checkMigration(t *testing.T, project string) (printed string, status int) {
	t.Helper()
	loader := filepath.Join(t.TempDir(), "ldconfig")
	require.NoError(t, os.WriteFile(loader, []byte("#!/bin/sh\nexit 0\n"), 0o755))
	cmd := exec.Command("../compat/check-migration.sh", project)
	cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(loader)+":"+os.Getenv("PATH"))
	output, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	return string(output), cmd.ProcessState.ExitCode()
}
