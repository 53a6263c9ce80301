// SPDX-License-Identifier: MIT

package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func mail(number int, text string) Mail {
	return Mail{Number: number, Session: number, From: "a@b.example", Data: []byte(text), Size: int64(len(text)),
		Recipients: []smtptest.Recipient{{Address: "c@d.example", Params: []string{"NOTIFY=NEVER"}}}}
}

func numbers(s *Store) (all []int) {
	for _, m := range s.Mails() {
		all = append(all, m.Number)
	}
	return all
}

// The oldest mails and sessions are removed first. The newest mail is always kept.
func TestLimits(t *testing.T) {
	s := New(Limits{Mails: 3, Octets: 1000, Sessions: 2}, "")
	for n := 1; n <= 5; n++ {
		s.Received(mail(n, "x"), Session{Number: n})
	}
	assert.Equal(t, []int{3, 4, 5}, numbers(s))
	assert.Equal(t, 5, s.Total())
	assert.Len(t, s.Sessions(), 2)
	s.Received(mail(6, string(make([]byte, 800))), Session{Number: 6})
	assert.Equal(t, []int{5, 6}, numbers(s))
	s.Received(mail(7, string(make([]byte, 5000))), Session{Number: 7})
	assert.Equal(t, []int{7}, numbers(s))
	s.Received(mail(8, "x"), Session{Number: 8})
	assert.Equal(t, []int{8}, numbers(s))

	_, err := s.Raw(7)
	assert.ErrorIs(t, err, os.ErrNotExist)
	raw, err := s.Raw(8)
	require.NoError(t, err)
	assert.Equal(t, "x", string(raw))
	_, found := s.Session(6)
	assert.False(t, found)
	in, found := s.Session(8)
	assert.True(t, found)
	s.Ended(Session{Number: 8, Mails: 1})
	again, _ := s.Session(8)
	assert.Equal(t, 0, in.Mails)
	assert.Equal(t, 1, again.Mails)
}

func TestContentThatIsNotKept(t *testing.T) {
	s := New(Limits{}, "")
	m := mail(1, "x")
	m.Data = nil
	s.Received(m, Session{Number: 1})
	_, err := s.Raw(1)
	assert.ErrorIs(t, err, os.ErrNotExist)
	assert.ErrorContains(t, err, "is not kept")
}

// Clear removes the files of the mails, and no other files. Numbers are not used again.
func TestFolder(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"1.eml", "1.json", "2.eml", "2.json", "3.eml", "other"} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(name), 0o644))
	}
	s := New(Limits{}, folder)
	for n := 1; n <= 2; n++ {
		s.Received(Mail{Number: n}, Session{Number: n})
	}
	raw, err := s.Raw(2)
	require.NoError(t, err)
	assert.Equal(t, "2.eml", string(raw))
	require.NoError(t, os.Remove(filepath.Join(folder, "1.json"))) // by the user
	require.NoError(t, s.Clear())
	assert.Zero(t, s.Total())
	assert.Empty(t, s.Mails())
	assert.Empty(t, s.Sessions())
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, left, 2)
	s.Received(Mail{Number: 3}, Session{Number: 3})
	raw, err = s.Raw(3)
	require.NoError(t, err)
	assert.Equal(t, "3.eml", string(raw))
}

// When the oldest mails are removed, their files are removed too.
func TestLimitsOfTheFolder(t *testing.T) {
	folder := t.TempDir()
	s := New(Limits{Mails: 2}, folder)
	for n := 1; n <= 5; n++ {
		for _, suffix := range []string{".eml", ".json"} {
			require.NoError(t, os.WriteFile(filepath.Join(folder, strconv.Itoa(n)+suffix), nil, 0o600))
		}
		s.Received(Mail{Number: n}, Session{Number: n})
	}
	left, err := filepath.Glob(filepath.Join(folder, "*"))
	require.NoError(t, err)
	assert.Len(t, left, 4)
	require.NoError(t, s.Clear())
	left, err = filepath.Glob(filepath.Join(folder, "*"))
	require.NoError(t, err)
	assert.Empty(t, left)
}

// If a session is open during Clear, its record is kept only if it sends a mail afterwards.
func TestClearDuringSessions(t *testing.T) {
	s := New(Limits{}, "")
	s.Begun = func() int { return 3 }
	s.Received(mail(1, "x"), Session{Number: 1})
	require.NoError(t, s.Clear())
	s.Ended(Session{Number: 1})
	s.Ended(Session{Number: 2})
	assert.Empty(t, s.Sessions())
	s.Received(mail(2, "x"), Session{Number: 3})
	s.Ended(Session{Number: 3, Mails: 1})
	s.Ended(Session{Number: 4})
	assert.Equal(t, []Session{{Number: 3, Mails: 1}, {Number: 4}}, s.Sessions())
}

// Every change wakes all goroutines that wait.
func TestWaitAndChanged(t *testing.T) {
	s := New(Limits{}, "")
	changed := s.Changed()
	var waiting sync.WaitGroup
	for range 4 {
		waiting.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			assert.NoError(t, s.Wait(ctx, 100))
		})
	}
	for i := range 4 {
		waiting.Go(func() {
			for n := range 25 {
				s.Received(mail(1+100*i+n, strconv.Itoa(n)), Session{Number: 1 + n%3})
			}
		})
	}
	waiting.Wait()
	<-changed
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	assert.EqualError(t, s.Wait(ctx, 101), "100 of 101 mails received")
	assert.NoError(t, s.Wait(ctx, 100))
}
