// SPDX-License-Identifier: MIT

package packaging

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// elsewhere copies the source to another folder. It returns that folder and an
// environment with another user, time zone, language and other settings for Go. A shipped
// file must not depend on any of these.
func elsewhere(t *testing.T) (source string, env []string) {
	t.Helper()
	top := t.TempDir()
	source = filepath.Join(top, "a deeper", "folder")
	home := filepath.Join(top, "home")
	require.NoError(t, os.MkdirAll(source, 0o755))
	require.NoError(t, os.MkdirAll(filepath.Join(home, ".config/go"), 0o755))
	require.NoError(t, hosttest.Command(hosttest.Root(), nil, "bash", "-c",
		`set -o pipefail; tar -c --exclude=./build --exclude=./.git . | tar -x -C "$0"`, source))
	// Two more things must not have an effect: the copy is a repository, whose commit
	// -buildvcs would record, and the file go.work in a folder above does not name the
	// module.
	if _, err := exec.LookPath("git"); err == nil {
		require.NoError(t, hosttest.Command(source, nil, "bash", "-c",
			`git init -q . && git add go.mod && git -c user.name=a -c user.email=a@b.example commit -qm another`))
	}
	require.NoError(t, os.WriteFile(filepath.Join(top, "go.work"), []byte("go 1.26\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(home, ".config/go/env"),
		[]byte("GOFLAGS=-tags=csmtp_panic\nGOAMD64=v2\nGO386=softfloat\nCGO_CFLAGS=-O0\n"), 0o644))
	return source, append(goCaches(t),
		"HOME="+home, "XDG_CONFIG_HOME=", "USER=another", "LOGNAME=another", "GOENV=", "TZ=Asia/Kathmandu", "LC_ALL=C.UTF-8",
		"GOFLAGS=-buildvcs=auto -tags=csmtp_panic -ldflags=-X=main.x=y -gcflags=all=-N",
		"CGO_CFLAGS=-O0 -DOTHER", "CGO_LDFLAGS=-Wl,-z,lazy", "GOAMD64=v3", "GO386=softfloat", "GOFIPS140=latest", "GODEBUG=tlsmlkem=0",
		"CSMTP_TAGS=", "CSMTP_CFLAGS=")
}

// goCaches returns environment variables that make Go use the existing caches, although
// HOME is changed.
func goCaches(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOMODCACHE", "GOCACHE").Output()
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	require.Len(t, lines, 2)
	return []string{"GOMODCACHE=" + lines[0], "GOCACHE=" + lines[1]}
}

// makeIn runs a script of the tree in the folder 'source'. The script builds into the folder
// 'out', with the umask 'mask'.
func makeIn(t *testing.T, source, out, mask string, env []string, script ...string) {
	t.Helper()
	env = append(env, "CSMTP_BUILD_DIR="+out)
	require.NoError(t, hosttest.Command(source, env, "bash", append([]string{"-c", "umask " + mask + `; "$@"`, "bash"}, script...)...))
}

// sameFiles compares the contents of the named files of two folders.
func sameFiles(t *testing.T, one, other string, names ...string) {
	t.Helper()
	for _, name := range names {
		a, err := os.ReadFile(filepath.Join(one, name))
		require.NoError(t, err)
		b, err := os.ReadFile(filepath.Join(other, name))
		require.NoError(t, err)
		assert.True(t, string(a) == string(b), "%s differs: %d and %d octets", name, len(a), len(b))
	}
}

// The library is the same regardless of who builds it, in which folder, and with which Go
// settings.
func TestLibraryIsTheSameEverywhere(t *testing.T) {
	source, env := elsewhere(t)
	one, other := t.TempDir(), t.TempDir()
	makeIn(t, hosttest.Root(), one, "022", []string{"GOFLAGS=", "CSMTP_TAGS=", "CSMTP_CFLAGS="}, "./build.sh", "lib")
	makeIn(t, source, other, "077", env, "./build.sh", "lib")
	name := "libcsmtp.so." + version(t)
	sameFiles(t, one, other, name)
	info, err := os.Stat(filepath.Join(other, name))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o755), info.Mode())
	data, err := os.ReadFile(filepath.Join(other, name))
	require.NoError(t, err)
	for _, trace := range []string{source, hosttest.Root() + "/", "csmtp_panic", other} {
		assert.NotContains(t, string(data), trace, "the library contains a path or a setting of its build")
	}
}
