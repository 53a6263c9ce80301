// SPDX-License-Identifier: MIT

//go:build unix

package oauth

import (
	"context"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A file that another user owns or has access to is refused, and so is everything that is not
// a regular file. The file is not changed.
func TestUnsafeTokenFile(t *testing.T) {
	s := newRotating(t, refreshToken)
	for _, own := range []bool{false, true} {
		unsafe := func(want string, make func(path string)) {
			t.Helper()
			c := s.loggedIn(t, "first")
			if own {
				c.Endpoint, c.ClientID, c.RefreshToken = s.URL+"/token", "app", refreshToken
			}
			make(c.TokenFile)
			before, err := os.Lstat(c.TokenFile)
			require.NoError(t, err)
			e := wantError(t, c)
			assert.ErrorContains(t, e, want)
			assert.ErrorContains(t, e, c.TokenFile)
			after, err := os.Lstat(c.TokenFile)
			require.NoError(t, err)
			assert.True(t, os.SameFile(before, after) && before.Mode() == after.Mode() && before.Size() == after.Size(), want)
		}
		for _, mode := range []os.FileMode{0o644, 0o640, 0o604, 0o620, 0o602, 0o601, 0o610, 0o777} {
			unsafe("chmod 600", func(path string) { require.NoError(t, os.Chmod(path, mode)) })
		}
		if os.Geteuid() == 0 {
			unsafe("it belongs to another user", func(path string) { require.NoError(t, os.Chown(path, 65534, -1)) })
		}
		unsafe("symbolic link", func(path string) {
			require.NoError(t, os.Rename(path, path+"-target"))
			require.NoError(t, os.Symlink(path+"-target", path))
		})
		unsafe("symbolic link", func(path string) { // to a path that does not exist
			require.NoError(t, os.Remove(path))
			require.NoError(t, os.Symlink(path+"-target", path))
		})
		unsafe("not a regular file", func(path string) {
			require.NoError(t, os.Remove(path))
			require.NoError(t, os.Mkdir(path, 0o700))
		})
		unsafe("not a regular file", func(path string) {
			require.NoError(t, os.Remove(path))
			require.NoError(t, syscall.Mkfifo(path, 0o600))
		})
	}
	assert.Zero(t, s.count())
}

func TestTokenFileIsPrivate(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	s := newRotating(t, refreshToken)
	c := s.fileConfig(t)
	for range 2 {
		wantToken(t, s.next(), another(t, c), true)
		info, err := os.Lstat(c.TokenFile)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode())
	}
	syscall.Umask(0o777)
	wantToken(t, s.next(), another(t, c), true)
	info, err := os.Lstat(c.TokenFile)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode())
}

// next returns the access token that the server will issue for the next request.
func (r *rotating) next() string {
	n, _ := r.counts()
	return (&stored{Access: "access-" + string(rune('1'+n))}).Access
}

// If the file cannot be written, Token returns a token anyway. Later calls to Token try to
// write the file again.
func TestTokenFileOnAFullDisk(t *testing.T) {
	if path := os.Getenv("CSMTP_TEST_FULL"); path != "" {
		fullDisk(t, path, os.Getenv("CSMTP_TEST_URL"))
		return
	}
	s := newRotating(t, "first")
	c := s.loggedIn(t, "first")
	before, err := os.ReadFile(c.TokenFile)
	require.NoError(t, err)
	rerun(t, "^TestTokenFileOnAFullDisk$", nil, "CSMTP_TEST_FULL="+c.TokenFile, "CSMTP_TEST_URL="+s.URL)
	after, err := os.ReadFile(c.TokenFile)
	require.NoError(t, err)
	assert.NotEqual(t, string(before), string(after))
	n, reused := s.counts()
	assert.Equal(t, []int{3, 0}, []int{n, reused})
	assert.Equal(t, "refresh-3", readStored(t, c.TokenFile).Refresh)
	onlyFile(t, c.TokenFile)
}

// fullDisk simulates a full disk by limiting the size of files. It runs in a separate process,
// because this limit applies to the whole process.
func fullDisk(t *testing.T, path, url string) {
	signal.Ignore(syscall.SIGXFSZ)
	var limit syscall.Rlimit
	require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit))
	full := func(on bool) {
		l := limit
		if on {
			l.Cur = 10
		}
		require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &l))
	}
	var saved []string
	var problem error
	c := Config{TokenFile: path, Proxy: "direct", Save: func(r string) { saved = append(saved, r) }, FileError: func(err error) { problem = err }}
	a := source(t, c)
	full(true)
	wantToken(t, "access-1", a, false)
	require.ErrorContains(t, problem, path)
	require.ErrorContains(t, problem, "file too large")
	require.Equal(t, []string{"refresh-1"}, saved)
	wantToken(t, "access-2", a, true) // with the refresh token in memory
	require.Error(t, problem)
	full(false)
	wantToken(t, "access-2", a, false)
	require.NoError(t, problem)
	wantToken(t, "access-2", another(t, c), false)
	wantToken(t, "access-3", a, true)
	require.Equal(t, []string{"refresh-1", "refresh-2"}, saved)
}

// rerun runs one test in a new process.
func rerun(t *testing.T, test string, as *syscall.SysProcAttr, env ...string) {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run", test)
	c.Env = append(os.Environ(), env...)
	c.SysProcAttr = as
	out, err := c.CombinedOutput()
	require.NoError(t, err, "%s", out)
}

// The file can be read and locked even if its folder is not writable. Root can write to
// every folder, so root runs the test as the user nobody.
func TestTokenFileInAReadOnlyFolder(t *testing.T) {
	if path := os.Getenv("CSMTP_TEST_READONLY"); path != "" {
		var problem error
		c := Config{TokenFile: path, Proxy: "direct", FileError: func(err error) { problem = err }}
		wantToken(t, "access-1", source(t, c), false)
		require.ErrorContains(t, problem, "permission denied")
		missing := Config{TokenFile: path + "-missing", Endpoint: os.Getenv("CSMTP_TEST_URL") + "/token", ClientID: "app", RefreshToken: "refresh-1",
			Proxy: "direct", FileError: func(err error) { problem = err }}
		wantToken(t, "access-2", source(t, missing), false)
		require.ErrorContains(t, problem, "permission denied")
		return
	}
	s := newRotating(t, "first")
	c := s.loggedIn(t, "first")
	folder := filepath.Dir(c.TokenFile)
	var as *syscall.SysProcAttr
	if os.Geteuid() == 0 {
		as = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		require.NoError(t, os.Chown(c.TokenFile, 65534, 65534))
		for dir := filepath.Dir(folder); dir != "/" && dir != os.TempDir(); dir = filepath.Dir(dir) {
			require.NoError(t, os.Chmod(dir, 0o777))
		}
		for dir := filepath.Dir(os.Args[0]); dir != "/" && dir != os.TempDir(); dir = filepath.Dir(dir) {
			require.NoError(t, os.Chmod(dir, 0o755))
		}
	}
	require.NoError(t, os.Chmod(folder, 0o555))
	defer os.Chmod(folder, 0o755)
	rerun(t, "^TestTokenFileInAReadOnlyFolder$", as, "CSMTP_TEST_READONLY="+c.TokenFile, "CSMTP_TEST_URL="+s.URL)
	assert.Equal(t, "first", readStored(t, c.TokenFile).Refresh)
}

// If the file system cannot lock files, the tokens are used anyway, and FileError is called.
// If another process has used the refresh token at the same time, its tokens are used.
func TestTokenFileWithoutLocks(t *testing.T) {
	flock = func(int, int) error { return syscall.ENOLCK }
	t.Cleanup(func() { flock = syscall.Flock })
	s := newRotating(t, "first")
	c := s.loggedIn(t, "first")
	slow := another(t, c)
	var problem error
	c.FileError = func(err error) { problem = err }
	s.onRotation(func(n int, _ *http.Request) {
		if n > 1 {
			return
		}
		done := make(chan struct{}) // the source 'slow', like another process, reads the file before it is written
		go func() {
			defer close(done)
			wantToken(t, "access-1", slow, false)
		}()
		require.Eventually(t, func() bool { return s.count() == 2 }, 30*time.Second, time.Millisecond)
		t.Cleanup(func() { <-done })
	})
	wantToken(t, "access-1", another(t, c), false)
	require.ErrorContains(t, problem, "cannot be locked")
	require.ErrorContains(t, problem, "no locks available")
}

// FileError is also called if the file cannot be locked and the tokens of another process are
// used.
func TestTokenFileWithoutLocksReportsTheLoser(t *testing.T) {
	flock = func(int, int) error { return syscall.ENOLCK }
	t.Cleanup(func() { flock = syscall.Flock })
	s := newRotating(t, "second") // another process has replaced "first", but not yet written the file
	c := s.loggedIn(t, "first")
	c.step = func(step string) {
		if step == "locked" {
			writeStored(t, c.TokenFile+"-new", &stored{Endpoint: s.URL + "/token", Grant: RefreshToken, ClientID: "app",
				Scope: "https://mail.example/Send offline",
				For:   "https://mail.example/Send offline", Refresh: "second", Access: "of-the-winner", Issued: time.Now(), Expires: time.Now().Add(time.Hour)})
			require.NoError(t, os.Rename(c.TokenFile+"-new", c.TokenFile))
		}
	}
	var problem error
	c.FileError = func(err error) { problem = err }
	wantToken(t, "of-the-winner", another(t, c), false)
	require.ErrorContains(t, problem, "cannot be locked")
}

// While another process holds the lock, Token waits, but not longer than Timeout.
func TestTokenFileIsLocked(t *testing.T) {
	s := newRotating(t, "first")
	c := s.loggedIn(t, "first")
	c.Timeout = 50 * time.Millisecond
	held, err := openTokenStore(context.Background(), c.TokenFile, false, true)
	require.NoError(t, err)
	e := wantError(t, c)
	assert.ErrorContains(t, e, "another process has held its lock for more than 50ms")
	assert.True(t, e.Temporary())
	assert.Zero(t, s.count())
	held.close()
	c.Timeout = 0
	wantToken(t, "access-1", another(t, c), false)

	assert.True(t, (&Config{TokenFile: "t"}).fileFault(&os.PathError{Err: syscall.EMFILE}).Temporary())
	assert.False(t, (&Config{TokenFile: "t"}).fileFault(errors.New("x")).Temporary())
}
