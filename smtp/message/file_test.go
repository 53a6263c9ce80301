// SPDX-License-Identifier: MIT

package message

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func fileOf(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, data, 0o600))
	return path
}

func TestFileIsSent(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 56, 57, 58, 113, 114, 115, blockData - 1, blockData, blockData + 1, readAhead - 1, readAhead, readAhead + 1, 3*readAhead + 5} {
		data := make([]byte, n)
		for i := range data {
			data[i] = byte(i * 7 >> 2)
		}
		m := simple()
		m.Attachments = []Attachment{{Path: fileOf(t, "a.pdf", data)}}
		_, parts := read(t, rendered(t, m, Options{}))
		require.Equal(t, "application/pdf", parts[2].kind)
		require.True(t, bytes.Equal(data, parts[2].body), "%d octets", n)

		r, err := m.Render(Options{Binary: true})
		require.NoError(t, err)
		require.True(t, r.Binary())
		_, parts = read(t, written(t, r))
		require.Equal(t, "binary", parts[2].header.Get("Content-Transfer-Encoding"))
		require.Equal(t, "binary", parts[0].header.Get("Content-Transfer-Encoding"))
		require.True(t, bytes.Equal(data, parts[2].body), "%d octets, binary", n)
	}
}

func TestFileRefused(t *testing.T) {
	dir := t.TempDir()
	loop := filepath.Join(dir, "loop")
	require.NoError(t, os.Symlink(loop, loop))
	for path, cause := range map[string]error{
		filepath.Join(dir, "none"): fs.ErrNotExist,
		dir:                        ErrNotRegular,
		loop:                       nil,
		"/dev/null":                ErrNotRegular,
		dir + "/a\nb":              nil,
		dir + "/a\x00b":            nil,
	} {
		m := simple()
		m.Attachments = []Attachment{{Path: path}}
		_, err := m.Render(Options{})
		var e *Error
		require.ErrorAs(t, err, &e, path)
		require.Equal(t, "Attachments", string(e.Field))
		if cause != nil {
			require.ErrorIs(t, err, cause)
		}
		require.NotContains(t, err.Error(), "\n")
	}
	link := filepath.Join(dir, "link")
	require.NoError(t, os.Symlink(fileOf(t, "x.txt", []byte("x")), link))
	m := simple()
	m.Attachments = []Attachment{{Path: link}}
	_, parts := read(t, rendered(t, m, Options{}))
	require.Equal(t, "x", string(parts[2].body))
}

// hook is a writer that calls f once, when the given number of octets has been written.
type hook struct {
	after int
	f     func()
}

func (h *hook) Write(p []byte) (int, error) {
	if h.after -= len(p); h.after <= 0 && h.f != nil {
		h.f()
		h.f = nil
	}
	return len(p), nil
}

func TestFileThatChangesWhileSent(t *testing.T) {
	const size = 4 * readAhead
	grow := func(path string, n int) {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		require.NoError(t, err)
		_, err = f.Write(make([]byte, n))
		require.NoError(t, err)
		require.NoError(t, f.Close())
	}
	for name, change := range map[string]func(path string){
		"shrinks":     func(p string) { require.NoError(t, os.Truncate(p, size/4)) },
		"to nothing":  func(p string) { require.NoError(t, os.Truncate(p, 0)) },
		"grows by 1":  func(p string) { grow(p, 1) },
		"grows":       func(p string) { grow(p, size) },
		"vanishes":    func(p string) { require.NoError(t, os.Remove(p)) },
		"is replaced": func(p string) { require.NoError(t, os.Rename(fileOf(t, "other", make([]byte, size)), p)) },
		"is touched":  func(p string) { require.NoError(t, os.Chtimes(p, time.Now(), time.Now().Add(time.Hour))) },
	} {
		for _, after := range []int{0, 100, readAhead} {
			m := simple()
			path := fileOf(t, "a.bin", make([]byte, size))
			m.Attachments = []Attachment{{Path: path}}
			r, err := m.Render(Options{})
			require.NoError(t, err)
			if after == 0 {
				change(path)
			}
			_, err = r.WriteTo(&hook{after: after + 500, f: func() {
				if after > 0 {
					change(path)
				}
			}})
			var e *Error
			require.ErrorAs(t, err, &e, "%s after %d", name, after)
			require.ErrorIs(t, err, ErrChanged)
			require.Equal(t, "Attachments", string(e.Field))
			require.Contains(t, e.Reason, "the mail was not sent")
		}
	}
}

func TestWriterErrorIsReturnedUnchanged(t *testing.T) {
	broken := errors.New("broken pipe")
	m := simple()
	m.Attachments = []Attachment{{Path: fileOf(t, "a", make([]byte, 3*readAhead))}}
	r, err := m.Render(Options{})
	require.NoError(t, err)
	for _, after := range []int64{0, 100, 700, 20000, 150000} {
		_, err = r.WriteTo(&limited{n: after, err: broken})
		require.Equal(t, broken, err)
	}
	_, err = r.WriteTo(io.Discard)
	require.NoError(t, err, "a retry starts from the beginning")
}

type limited struct {
	n   int64
	err error
}

func (l *limited) Write(p []byte) (int, error) {
	if l.n -= int64(len(p)); l.n < 0 {
		return 0, l.err
	}
	return len(p), nil
}

func TestReader(t *testing.T) {
	attach := func(text string, size int64, err error) *Message {
		m := simple()
		m.Attachments = []Attachment{{Name: "r.txt", Size: size, Reader: func() (io.ReadCloser, error) {
			if err != nil && text == "" {
				return nil, err
			}
			return io.NopCloser(io.MultiReader(strings.NewReader(text), &failing{err})), nil
		}}}
		return m
	}
	for _, size := range []int64{5, -1} {
		b := rendered(t, attach("hello", size, io.EOF), Options{})
		_, parts := read(t, b)
		require.Equal(t, "hello", string(parts[2].body))
	}
	r, err := attach("", -1, io.EOF).Render(Options{})
	require.NoError(t, err)
	require.EqualValues(t, -1, r.Size())

	broken := errors.New("disk on fire")
	for _, c := range []struct {
		m    *Message
		is   error
		text string
	}{
		{attach("hello", 4, io.EOF), ErrChanged, "more octets than the specified size, 4"},
		{attach("hello", 6, io.EOF), ErrChanged, "after 5 of 6"},
		{attach("hello", -1, broken), broken, "disk on fire"},
		{attach("", 3, broken), broken, "cannot be opened"},
	} {
		r, err := c.m.Render(Options{})
		require.NoError(t, err)
		_, err = r.WriteTo(io.Discard)
		var e *Error
		require.ErrorAs(t, err, &e)
		require.ErrorIs(t, err, c.is)
		require.ErrorContains(t, err, c.text)
	}
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

// TestLargeFileInConstantMemory sends a sparse file of 64 MiB. To send one of 4 GiB, run:
//
//	CSMTP_LONG_TESTS=1 go test -run TestLargeFile ./smtp/message
func TestLargeFileInConstantMemory(t *testing.T) {
	size := int64(64 << 20)
	if os.Getenv("CSMTP_LONG_TESTS") != "" {
		size = 4<<30 + 12345
	}
	path := filepath.Join(t.TempDir(), "sparse.bin")
	require.NoError(t, os.WriteFile(path, []byte("head"), 0o600))
	require.NoError(t, os.Truncate(path, size))
	m := simple()
	m.Attachments = []Attachment{{Path: path}}
	r, err := m.Render(Options{})
	require.NoError(t, err)
	require.Greater(t, r.Size(), size/3*4)

	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	n, err := r.WriteTo(io.Discard)
	require.NoError(t, err)
	runtime.ReadMemStats(&after)
	require.Equal(t, r.Size(), n)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(2<<20), "allocated in all")
}

func TestRandomOctetsComeBack(t *testing.T) {
	sum := sha256.New()
	pr, pw := io.Pipe()
	go func() {
		_, err := copyBase64(pw, io.TeeReader(io.LimitReader(&counting{}, 1234567), sum))
		pw.CloseWithError(err)
	}()
	got := sha256.New()
	n, err := io.Copy(got, base64.NewDecoder(base64.StdEncoding, pr))
	require.NoError(t, err)
	require.EqualValues(t, 1234567, n)
	require.Equal(t, sum.Sum(nil), got.Sum(nil))
}

type counting struct{ n uint32 }

func (c *counting) Read(p []byte) (int, error) {
	for i := range p {
		c.n = c.n*1664525 + 1013904223
		p[i] = byte(c.n >> 24)
	}
	return len(p), nil
}
