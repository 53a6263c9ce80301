// SPDX-License-Identifier: MIT

//go:build unix

package mailer

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// broken writes part of its content and then fails.
type broken struct{ err error }

func (b broken) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, strings.Repeat("half ", 50_000))
	if err == nil {
		err = b.err
	}
	return int64(n), err
}

func modeOf(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Lstat(path)
	require.NoError(t, err)
	return info.Mode()
}

func contentOf(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(data)
}

// Fails the test unless the folder contains exactly the files with the given names. In
// particular, no temporary file may remain.
func only(t *testing.T, folder string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	assert.ElementsMatch(t, names, got)
}

// The umask determines the mode of a new file. The umask belongs to the whole process, so
// this test runs in its own process.
func TestSaveHonoursTheUmask(t *testing.T) {
	if path := os.Getenv("CSMTP_TEST_SAVE"); path != "" {
		require.NoError(t, writeFile(path, strings.NewReader("new")))
		return
	}
	for mask, want := range map[string]fs.FileMode{"000": 0o666, "022": 0o644, "027": 0o640, "077": 0o600, "002": 0o664} {
		path := filepath.Join(t.TempDir(), "new.eml")
		again := exec.Command("sh", "-c", `umask `+mask+`; exec "$0" -test.run '^TestSaveHonoursTheUmask$'`, os.Args[0])
		again.Env = append(os.Environ(), "CSMTP_TEST_SAVE="+path)
		out, err := again.CombinedOutput()
		require.NoError(t, err, "%s", out)
		assert.Equal(t, want, modeOf(t, path), "umask %s", mask)
		only(t, filepath.Dir(path), "new.eml")
	}
}

// A file that is replaced keeps its mode and its owner.
func TestSaveKeepsTheMode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "old.eml")
	for _, mode := range []fs.FileMode{0o600, 0o640, 0o644, 0o666, 0o660, 0o604, 0o700, 0o755} {
		require.NoError(t, os.WriteFile(path, []byte("old"), 0o600))
		require.NoError(t, os.Chmod(path, mode))
		require.NoError(t, writeFile(path, strings.NewReader("new")))
		assert.Equal(t, "new", contentOf(t, path))
		assert.Equal(t, mode, modeOf(t, path))
	}
	if os.Geteuid() == 0 {
		require.NoError(t, os.Chown(path, 65534, 65533))
		require.NoError(t, writeFile(path, strings.NewReader("newer")))
		info, err := os.Stat(path)
		require.NoError(t, err)
		st := info.Sys().(*syscall.Stat_t)
		assert.Equal(t, []uint32{65534, 65533}, []uint32{st.Uid, st.Gid})
		assert.Equal(t, fs.FileMode(0o755), info.Mode())
	}
	only(t, filepath.Dir(path), "old.eml")
}

// A symbolic link remains, and its target is replaced. A link is refused if its target does
// not exist or is a descriptor.
func TestSaveThroughSymbolicLinks(t *testing.T) {
	folder, other := t.TempDir(), t.TempDir()
	target, link, second := filepath.Join(other, "target"), filepath.Join(folder, "link"), filepath.Join(folder, "second")
	require.NoError(t, os.WriteFile(target, []byte("old"), 0o600))
	require.NoError(t, os.Symlink(target, link))
	require.NoError(t, os.Symlink("link", second))
	require.NoError(t, writeFile(second, strings.NewReader("new")))
	assert.Equal(t, "new", contentOf(t, target))
	assert.Equal(t, fs.FileMode(0o600), modeOf(t, target))
	assert.NotZero(t, modeOf(t, link)&fs.ModeSymlink)
	assert.NotZero(t, modeOf(t, second)&fs.ModeSymlink)
	only(t, folder, "link", "second")
	only(t, other, "target")

	nothing, loop := filepath.Join(folder, "nothing"), filepath.Join(folder, "loop")
	require.NoError(t, os.Symlink(filepath.Join(other, "missing"), nothing))
	require.NoError(t, os.Symlink("loop", loop))
	file, err := os.Create(filepath.Join(other, "output"))
	require.NoError(t, err)
	defer file.Close()
	output := "/dev/fd/" + strconv.Itoa(int(file.Fd()))
	for _, path := range []string{nothing, loop, output, "/dev/stdout", "/dev/null", folder, filepath.Join(folder, "missing", "below"), ""} {
		assert.Error(t, writeFile(path, strings.NewReader("new")), path)
	}
	only(t, other, "target", "output")
	assert.Empty(t, contentOf(t, filepath.Join(other, "output")))
}

// If the file cannot be written completely, the old content remains, and the error gives
// the reason.
func TestSaveThatFailsLeavesTheOldFile(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "mail.eml")
	cause := errors.New("the attachment has changed")
	assert.ErrorIs(t, writeFile(path, broken{cause}), cause)
	only(t, folder)
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o640))
	assert.ErrorIs(t, writeFile(path, broken{cause}), cause)
	assert.Equal(t, "old", contentOf(t, path))
	assert.Equal(t, fs.FileMode(0o640), modeOf(t, path))
	only(t, folder, "mail.eml")
}

// A limit on the file size simulates a full disk.
func TestSaveOnAFullDisk(t *testing.T) {
	if path := os.Getenv("CSMTP_TEST_FULL"); path != "" {
		err := writeFile(path, broken{})
		require.Error(t, err)
		assert.Contains(t, err.Error(), "file too large")
		assert.Contains(t, err.Error(), path)
		assert.Contains(t, err.Error(), "unchanged")
		assert.Equal(t, fileNotExist, faultOf(err).number)
		return
	}
	path := filepath.Join(t.TempDir(), "mail.eml")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o640))
	again := exec.Command("bash", "-c", `trap '' XFSZ; ulimit -f 100; exec "$0" -test.run '^TestSaveOnAFullDisk$'`, os.Args[0])
	again.Env = append(os.Environ(), "CSMTP_TEST_FULL="+path)
	out, err := again.CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.Equal(t, "old", contentOf(t, path))
	only(t, filepath.Dir(path), "mail.eml")
}

// A read-only file is not replaced, even if its folder is writable. Root can write every
// file, so this test runs as the user nobody.
func TestSaveDoesNotReplaceAReadOnlyFile(t *testing.T) {
	if path := os.Getenv("CSMTP_TEST_READONLY"); path != "" {
		assert.ErrorContains(t, writeFile(path, strings.NewReader("new")), "permission denied")
		return
	}
	folder := t.TempDir()
	path := filepath.Join(folder, "mail.eml")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o444))
	again := exec.Command(os.Args[0], "-test.run", "^TestSaveDoesNotReplaceAReadOnlyFile$")
	again.Env = append(os.Environ(), "CSMTP_TEST_READONLY="+path)
	if os.Geteuid() == 0 {
		again.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		again.Path = filepath.Join(folder, "test")
		data, err := os.ReadFile(os.Args[0])
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(again.Path, data, 0o755))
		again.Dir = "/"
		for dir := folder; dir != "/" && dir != os.TempDir(); dir = filepath.Dir(dir) {
			require.NoError(t, os.Chmod(dir, 0o777))
		}
	}
	out, err := again.CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.Equal(t, "old", contentOf(t, path))
}

// A file keeps its access control list. If there is a list, the group bits of the mode are
// the mask of the list.
func TestSaveKeepsAccessControlList(t *testing.T) {
	setfacl, err := exec.LookPath("setfacl")
	if err != nil {
		setfacl = ""
	}
	path := filepath.Join(t.TempDir(), "mail.eml")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o600))
	if setfacl == "" || exec.Command(setfacl, "-m", "u:65534:rw,g::-", path).Run() != nil {
		t.Log("access control lists are not supported here: testing a file without one")
		require.NoError(t, writeFile(path, strings.NewReader("new")))
		assert.Equal(t, fs.FileMode(0o600), modeOf(t, path))
		return
	}
	before, err := exec.Command("getfacl", "-cp", path).Output()
	require.NoError(t, err)
	require.NoError(t, writeFile(path, strings.NewReader("new")))
	after, err := exec.Command("getfacl", "-cp", path).Output()
	require.NoError(t, err)
	assert.Equal(t, string(before), string(after))
}
