// SPDX-License-Identifier: MIT

package conn

import (
	"bytes"
	"errors"
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

// The type writes is a connection that records the octets of each call to Write.
type writes struct {
	net.Conn
	all  [][]byte
	fail error
}

func (w *writes) Write(p []byte) (int, error) {
	if w.fail != nil {
		return 0, w.fail
	}
	w.all = append(w.all, bytes.Clone(p))
	return len(p), nil
}

func TestHoldGathersWrites(t *testing.T) {
	w := &writes{}
	l := New(t.Context(), w)
	record := bytes.Repeat([]byte("r"), 16<<10+22)
	var want []byte
	write := func(p []byte) {
		n, err := l.Write(p)
		require.NoError(t, err)
		require.Equal(t, len(p), n)
		want = append(want, p...)
	}
	write([]byte("first"))
	require.Len(t, w.all, 1)
	l.Hold()
	for range 6 {
		write(record)
	}
	require.Len(t, w.all, 2, "four records are one write")
	require.NoError(t, l.Release())
	require.Len(t, w.all, 3)
	write([]byte("last"))
	require.Len(t, w.all, 4)
	require.Equal(t, want, bytes.Join(w.all, nil))
	require.NoError(t, l.Release())
	require.Len(t, w.all, 4)

	l.Hold()
	_, err := l.Write([]byte("lost"))
	require.NoError(t, err)
	l.Drop()
	write([]byte("next"))
	require.Equal(t, want, bytes.Join(w.all, nil))
}

func TestHoldReportsErrors(t *testing.T) {
	broken := errors.New("broken")
	w := &writes{fail: broken}
	l := New(t.Context(), w)
	l.Hold()
	_, err := l.Write([]byte("held"))
	require.NoError(t, err)
	require.ErrorIs(t, l.Release(), broken)
	l.Hold()
	for range 3 {
		_, err = l.Write(make([]byte, 16<<10+22))
		require.NoError(t, err)
	}
	_, err = l.Write(make([]byte, 16<<10+22))
	require.ErrorIs(t, err, broken)
}
