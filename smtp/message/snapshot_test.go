// SPDX-License-Identifier: MIT

package message

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A snapshot is not affected by changes to the message. It cannot be sent if one of its
// files has changed.
func TestSnapshot(t *testing.T) {
	path := fileOf(t, "a.txt", []byte("first"))
	m, reads := simple(), 0
	m.Attachments = []Attachment{{Path: path}, {Name: "b.txt", Size: -1, Reader: func() (io.ReadCloser, error) {
		reads++
		return io.NopCloser(strings.NewReader("from a reader")), nil
	}}, {Name: "c.txt", Size: 3, Reader: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("abc")), nil }}}
	s, err := m.Snapshot()
	require.NoError(t, err)
	m.Subject, m.Attachments[1].Data = "another", []byte("x")
	for range 2 {
		_, parts := read(t, rendered(t, s, Options{}))
		require.Equal(t, "first", string(parts[len(parts)-3].body))
		require.Equal(t, "from a reader", string(parts[len(parts)-2].body))
		require.Equal(t, "abc", string(parts[len(parts)-1].body))
	}
	require.Equal(t, 1, reads)
	require.NoError(t, os.WriteFile(path, []byte("second"), 0o600))
	built, err := s.Render(Options{})
	require.NoError(t, err)
	_, err = built.WriteTo(io.Discard)
	require.ErrorIs(t, err, ErrChanged)
	again, err := s.Snapshot()
	require.NoError(t, err, "a snapshot of a snapshot has the same files")
	built, err = again.Render(Options{})
	require.NoError(t, err)
	_, err = built.WriteTo(io.Discard)
	require.ErrorIs(t, err, ErrChanged)
}

func TestSnapshotOfWhatCannotBeRead(t *testing.T) {
	for _, a := range []Attachment{
		{Path: "/nonexistent/file"},
		{Name: "a", Size: -1, Reader: func() (io.ReadCloser, error) { return nil, errors.New("no") }},
		{Name: "a", Size: 5, Reader: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("abc")), nil }},
		{Name: "a", Size: 2, Reader: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("abc")), nil }},
	} {
		m := simple()
		m.Attachments = []Attachment{a}
		_, err := m.Snapshot()
		var e *Error
		require.ErrorAs(t, err, &e)
	}
}
