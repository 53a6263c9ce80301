// SPDX-License-Identifier: MIT

package house

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// edit is one step of an example in CONTRIBUTING.md: code to insert into a file. The code
// is inserted after the line that contains the name in 'below'. If 'below' is "", the code
// becomes a new file.
type edit struct {
	file, below, code string
}

// edits returns the steps under a heading of CONTRIBUTING.md. The first code span of a
// step is the file. If ", below" follows, the second code span is the name in 'below'.
func edits(t *testing.T, heading string) []edit {
	t.Helper()
	text, err := os.ReadFile("CONTRIBUTING.md")
	require.NoError(t, err)
	_, section, found := strings.Cut(string(text), "\n## "+heading+"\n")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")
	fences, _, err := hosttest.Fences(section)
	require.NoError(t, err)
	var list []edit
	for _, f := range fences {
		spans := hosttest.Spans(f.Above)
		require.NotEmpty(t, spans, f.Above)
		e := edit{file: spans[0], code: f.Text}
		if strings.Contains(f.Above, "`"+e.file+"`, below `") {
			e.below = spans[1]
		}
		list = append(list, e)
	}
	return list
}

// apply makes the edit in a copy of the tree.
func (e edit) apply(t *testing.T, root string) {
	t.Helper()
	path := filepath.Join(root, e.file)
	if e.below == "" {
		require.NoFileExists(t, path)
		require.NoError(t, os.WriteFile(path, []byte(e.code), 0o644))
		return
	}
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	name := strings.Index(string(text), " "+e.below+"(") // the declaration
	if name < 0 {
		name = strings.Index(string(text), e.below)
	}
	require.Positive(t, name, "%s does not hold %s", e.file, e.below)
	end := name + strings.Index(string(text[name:]), "\n") + 1
	require.NoError(t, os.WriteFile(path, []byte(string(text[:end])+e.code+string(text[end:])), 0o644))
}

// copyTree copies the sources of the library, including the files that the generator
// writes, and returns the folder of the copy.
func copyTree(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for _, folder := range []string{"bindings", "cpp_wrapper", "include", "internal", "packaging", "smtp", "tests/embed", "tools"} {
		require.NoError(t, os.CopyFS(filepath.Join(root, folder), os.DirFS(folder)))
	}
	for _, pattern := range []string{"*.go", "*.c", "go.*", "build.sh"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(root, file), text, 0o755))
		}
	}
	return root
}

// callsSetFoo is a program that calls the new setter.
const callsSetFoo = `#include "CSmtp.h"
#include <cstdio>
int main() {
  CSmtp mail;
  mail.SetSenderMail("alice@test.example");
  mail.AddRecipient("bob@test.example");
  mail.AddMsgLine("Hello");
  mail.SetFoo(3);
  std::string text = mail.RenderMessage();
  if (text.find("\r\nX-Foo: 3\r\n") == std::string::npos) return 1;
  mail.ClearMessage();
  mail.AddRecipient("bob@test.example");
  if (mail.RenderMessage().find("X-Foo") != std::string::npos) return 2;
  try {
    mail.SetFoo(101);
    return 3;
  } catch (ECSmtp &error) {
    if (error.GetErrorNum() != ECSmtp::BAD_ARGUMENT) return 4;
    std::puts(error.GetErrorText().c_str());
  }
  return 0;
}
`

// TestHowToAddSetFoo follows the section "How to add a setter" of CONTRIBUTING.md.
func TestHowToAddSetFoo(t *testing.T) {
	hosttest.Need(t, "g++")
	list := edits(t, "How to add a setter")
	require.Len(t, list, 3)
	root := copyTree(t)
	for _, e := range list {
		e.apply(t, root)
	}
	require.NoError(t, hosttest.Command(root, nil, "go", "generate", "."))
	out := t.TempDir()
	require.NoError(t, hosttest.Command(root, []string{"CSMTP_BUILD_DIR=" + out}, "bash", "./build.sh", "lib"))

	source, program := filepath.Join(out, "foo.cpp"), filepath.Join(out, "foo")
	require.NoError(t, os.WriteFile(source, []byte(callsSetFoo), 0o600))
	require.NoError(t, hosttest.Command(root, nil, "g++", "-std=c++11", "-Wall", "-Wextra", "-Werror", "-Iinclude", "-Icpp_wrapper",
		source, "-o", program, "-L"+out, "-lcsmtp", "-Wl,-rpath,"+out))
	got := hosttest.Call{Program: program, Most: time.Minute}.Run(t)
	assert.Zero(t, got.Status, got.Out+got.Errors)
	assert.Contains(t, got.Out, "101 is out of range: use 0 to 100")
	signatures, err := os.ReadFile(filepath.Join(root, "bindings/python/csmtp/_functions.py"))
	require.NoError(t, err)
	assert.Contains(t, string(signatures), `"SetFoo": "i Hu"`)
}
