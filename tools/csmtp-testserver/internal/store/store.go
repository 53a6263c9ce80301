// SPDX-License-Identifier: MIT

// Package store keeps the mails that csmtp-testserver has received, and the sessions in
// which they arrived. Its memory is limited: the oldest mails and sessions are removed
// first.
package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"

	"csmtp/smtp/smtptest"
)

// Mail is a received mail. Its Number identifies it, and is never used for another mail.
type Mail = smtptest.Mail

// Session is the record of a session. While the session is open, the record contains only the part
// up to its last mail.
type Session = smtptest.SessionRecord

// Limits contains the limits of a Store. If a field is 0, the default is used.
type Limits struct {
	Mails    int   // 1,000 by default
	Octets   int64 // the maximum size of all mails with their envelopes; 256 MiB by default
	Sessions int   // 1,000 by default
}

// Store keeps mails and sessions. Several goroutines may call its methods at the same time.
type Store struct {
	// Begun returns the number of sessions that have begun so far. Begun may be nil.
	Begun func() int

	limits Limits
	folder string

	mu       sync.Mutex
	mails    []Mail // oldest first
	sessions map[int]Session
	order    []int // the keys of 'sessions', oldest first
	cleared  int   // the number of the last session that began before the last Clear
	total    int   // the number of mails received since the start or the last Clear
	octets   int64 // the size of the mails
	changed  chan struct{}
}

// New returns an empty Store. If folder is "", the content of mails is kept in memory.
// Otherwise, the content of mail N is kept in the file N.eml in folder.
func New(limits Limits, folder string) *Store {
	limits.Mails = cmp.Or(limits.Mails, 1000)
	limits.Octets = cmp.Or(limits.Octets, 256<<20)
	limits.Sessions = cmp.Or(limits.Sessions, 1000)
	return &Store{limits: limits, folder: folder, sessions: map[int]Session{}, changed: make(chan struct{})}
}

// Received adds a mail, and replaces the record of its session.
func (s *Store) Received(m Mail, in Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = append(s.mails, m)
	s.total++
	s.octets += cost(m)
	for len(s.mails) > s.limits.Mails || s.octets > s.limits.Octets && len(s.mails) > 1 {
		s.octets -= cost(s.mails[0])
		s.remove(s.mails[0]) // if a file cannot be removed, it stays
		s.mails = slices.Delete(s.mails, 0, 1)
	}
	s.put(in)
	s.announce()
}

// remove removes the files of a mail.
func (s *Store) remove(m Mail) (failed error) {
	if s.folder == "" {
		return nil
	}
	for _, suffix := range []string{".eml", ".json"} {
		if err := os.Remove(s.path(m.Number, suffix)); !errors.Is(err, os.ErrNotExist) {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

// cost returns how many octets of memory the content and the envelope of a mail need.
func cost(m Mail) int64 {
	n := len(m.Data) + len(m.From)
	for _, p := range m.Params {
		n += len(p)
	}
	for _, r := range m.Recipients {
		n += len(r.Address) + 64
		for _, p := range r.Params {
			n += len(p)
		}
	}
	return int64(n)
}

// Ended replaces the record of a session with the final one. If the session began before
// the last Clear and has sent no mail since then, Ended does nothing.
func (s *Store) Ended(in Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.sessions[in.Number]; !known && in.Number <= s.cleared {
		return
	}
	s.put(in)
	s.announce()
}

func (s *Store) put(in Session) {
	if _, known := s.sessions[in.Number]; !known {
		s.order = append(s.order, in.Number)
	}
	s.sessions[in.Number] = in
	for len(s.order) > s.limits.Sessions {
		delete(s.sessions, s.order[0])
		s.order = slices.Delete(s.order, 0, 1)
	}
}

func (s *Store) announce() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// Changed returns a channel that is closed at the next change. To miss no change, call
// Changed before you read the store.
func (s *Store) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// Mails returns the mails that are kept. The oldest one is the first.
func (s *Store) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// Total returns the number of mails received since the start or the last Clear. It
// includes mails that are no longer kept.
func (s *Store) Total() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.total
}

// Mail returns the mail with this number.
func (s *Store) Mail(number int) (Mail, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, found := slices.BinarySearchFunc(s.mails, number, func(m Mail, n int) int { return m.Number - n })
	if !found {
		return Mail{}, false
	}
	return s.mails[i], true
}

// Raw returns the content of a mail as it was received, with the dot-stuffing undone. If
// the content is not kept, it returns an error that wraps os.ErrNotExist.
func (s *Store) Raw(number int) ([]byte, error) {
	m, found := s.Mail(number)
	switch {
	case !found:
		return nil, fmt.Errorf("mail %d: %w", number, os.ErrNotExist)
	case s.folder == "" && m.Data == nil && m.Size > 0:
		return nil, fmt.Errorf("the content of mail %d is not kept: %w", number, os.ErrNotExist)
	case s.folder == "":
		return m.Data, nil
	}
	return os.ReadFile(s.path(number, ".eml"))
}

// Beginning returns the first n octets of what Raw returns, or all if there are fewer.
func (s *Store) Beginning(number int, n int64) ([]byte, error) {
	if s.folder == "" {
		content, err := s.Raw(number)
		return content[:min(int64(len(content)), n)], err
	}
	file, err := os.Open(s.path(number, ".eml"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, n))
}

func (s *Store) path(number int, suffix string) string {
	return filepath.Join(s.folder, strconv.Itoa(number)+suffix)
}

// Session returns the record of the session with this number.
func (s *Store) Session(number int) (Session, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	in, found := s.sessions[number]
	return in, found
}

// Sessions returns the records that are kept. The oldest one is the first.
func (s *Store) Sessions() []Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Session, len(s.order))
	for i, number := range s.order {
		all[i] = s.sessions[number]
	}
	return all
}

// Wait waits until n mails have been received since the start or the last Clear.
func (s *Store) Wait(ctx context.Context, n int) error {
	for {
		changed := s.Changed()
		total := s.Total()
		if total >= n {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("%d of %d mails received", total, n)
		}
	}
}

// Clear removes all mails and sessions. It also removes the files of the mails.
func (s *Store) Clear() error {
	begun := 0
	if s.Begun != nil {
		begun = s.Begun() // not while s.mu is locked: the server calls Received while it holds its own lock
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var failed error
	for _, m := range s.mails {
		failed = errors.Join(failed, s.remove(m))
	}
	s.mails, s.order, s.total, s.octets = nil, nil, 0, 0
	s.cleared = begun
	clear(s.sessions)
	s.announce()
	return failed
}
