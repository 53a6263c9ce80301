// SPDX-License-Identifier: MIT

package oauth

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Only the user, the administrators and Windows can access a token file.
func TestTokenFileIsPrivate(t *testing.T) {
	s := newRotating(t, refreshToken)
	c := s.fileConfig(t)
	for _, want := range []string{"access-1", "access-2"} {
		wantToken(t, want, another(t, c), want == "access-2")
		f, err := openPrivate(c.TokenFile, syscall.OPEN_EXISTING, true)
		require.NoError(t, err)
		text, err := securityOf(f)
		require.NoError(t, f.Close())
		require.NoError(t, err)
		t.Log(text)
		assert.NotContains(t, text, ";;;WD)") // everybody
		assert.NotContains(t, text, ";;;BU)") // users
	}
	onlyFile(t, c.TokenFile)
}

// restrict sets the access control list of a file.
func restrict(t *testing.T, path, list string) {
	t.Helper()
	descriptor, err := descriptorOf(list)
	require.NoError(t, err)
	defer syscall.LocalFree(syscall.Handle(descriptor))
	name, err := syscall.UTF16PtrFromString(path)
	require.NoError(t, err)
	ok, _, err := advapi32.NewProc("SetFileSecurityW").Call(uintptr(unsafe.Pointer(name)), 4, descriptor)
	require.NotZero(t, ok, "%v", err)
}

// A file that other users can access is refused.
func TestUnsafeTokenFile(t *testing.T) {
	s := newRotating(t, "first")
	id, err := userID()
	require.NoError(t, err)
	c := s.loggedIn(t, "first")
	restrict(t, c.TokenFile, "D:P(A;;FA;;;"+id+")(A;;FR;;;WD)")
	e := wantError(t, c)
	assert.ErrorContains(t, e, "other users have access to it")
	restrict(t, c.TokenFile, "D:P(A;;FA;;;"+id+")")
	wantToken(t, "access-1", another(t, c), false)

	require.NoError(t, os.Mkdir(c.TokenFile+"-folder", 0o700))
	folder := Config{TokenFile: c.TokenFile + "-folder"}
	assert.NotEmpty(t, wantError(t, folder).Error())
}

func TestCheckSecurity(t *testing.T) {
	const own = "S-1-5-21-1-2-3-1001"
	for text, want := range map[string]string{
		"O:" + own + "D:P(A;;FA;;;" + own + ")(A;;FA;;;SY)(A;;FA;;;BA)": "",
		"O:BAD:AI(A;ID;FA;;;" + own + ")":                               "",
		"O:" + own + "D:(D;;FA;;;WD)(A;;FA;;;" + own + ")":              "",
		"O:S-1-5-21-1-2-3-1002D:(A;;FA;;;" + own + ")":                  "another user",
		"O:" + own + "D:(A;;FR;;;WD)":                                   "other users",
		"O:" + own + "D:(A;;FR;;;BU)(A;;FA;;;" + own + ")":              "other users",
		"O:" + own + "D:(A;;FR;;;S-1-5-21-1-2-3-1002)":                  "other users",
		"O:" + own + "D:(XA;;FR;;;WD;(Exists x))":                       "other users",
		"O:" + own + "D:NO_ACCESS_CONTROL":                              "everybody",
		"O:" + own:                                                      "everybody",
		"":                                                              "another user",
	} {
		err := checkSecurity(text, own, true)
		if want == "" {
			assert.NoError(t, err, text)
			continue
		}
		assert.ErrorContains(t, err, want, text)
		assert.Equal(t, !strings.Contains(want, "another"), checkSecurity(text, own, false) == nil, text)
	}
}

// If another program has opened the file for a short time and does not share it, the library
// waits until it can open the file.
func TestTokenFileThatIsNotShared(t *testing.T) {
	s := newRotating(t, "first")
	c := s.loggedIn(t, "first")
	name, err := syscall.UTF16PtrFromString(c.TokenFile)
	require.NoError(t, err)
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ, 0, nil, syscall.OPEN_EXISTING, 0, 0)
	require.NoError(t, err)
	time.AfterFunc(100*time.Millisecond, func() { _ = syscall.CloseHandle(h) })
	wantToken(t, "access-1", another(t, c), false)
	assert.True(t, (&Config{TokenFile: "t"}).fileFault(&os.PathError{Err: errSharing}).Temporary())
}
