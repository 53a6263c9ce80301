// SPDX-License-Identifier: MIT

// Package store keeps the mails that csmtp-testserver has received, and the sessions in
// which they arrived. Its memory is limited: it removes the oldest mails and sessions
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

// Mail is a received mail. Number identifies it and is never reused.
type Mail = smtptest.Mail

// Session is the record of a session. The record of an open session ends with its last
// mail.
type Session = smtptest.SessionRecord

// Limits contains the limits of a Store. If a field is 0, its default is used.
type Limits struct {
	Mails    int   // 1,000 by default
	Octets   int64 // the octets of the mails and their envelopes; 256 MiB by default
	Sessions int   // 1,000 by default
}

// Store keeps mails and sessions. Its methods may be called by several goroutines.
type Store struct {
	// Begun returns the number of sessions that have begun. It may be nil.
	Begun func() int

	limits Limits
	folder string

	mu       sync.Mutex
	mails    []Mail // oldest first
	sessions map[int]Session
	order    []int // the keys of sessions, oldest first
	cleared  int   // the highest number of a session that began before the last Clear
	total    int   // the number of mails received since the start or the last Clear
	octets   int64 // of mails
	changed  chan struct{}
}

// New returns an empty Store. If folder is not empty, the content of mail N is in the
// file N.eml in that folder, and not in memory.
func New(limits Limits, folder string) *Store {
	limits.Mails = cmp.Or(limits.Mails, 1000)
	limits.Octets = cmp.Or(limits.Octets, 256<<20)
	limits.Sessions = cmp.Or(limits.Sessions, 1000)
	return &Store{limits: limits, folder: folder, sessions: map[int]Session{}, changed: make(chan struct{})}
}

// Received adds a mail and the current record of its session.
func (s *Store) Received(m Mail, in Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = append(s.mails, m)
	s.total++
	s.octets += cost(m)
	for len(s.mails) > s.limits.Mails || s.octets > s.limits.Octets && len(s.mails) > 1 {
		s.octets -= cost(s.mails[0])
		s.remove(s.mails[0]) // a file that cannot be removed stays
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

// cost returns the number of octets of memory that a mail's content and envelope need.
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

// Ended replaces the record of a session with the final one. It ignores a session that
// began before the last Clear and has sent no mail since.
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

// Changed returns a channel that is closed at the next change. A caller that must not
// miss a change calls Changed before it reads.
func (s *Store) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// Mails returns the mails that are kept, oldest first.
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

// Mail returns a mail by its number.
func (s *Store) Mail(number int) (Mail, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, found := slices.BinarySearchFunc(s.mails, number, func(m Mail, n int) int { return m.Number - n })
	if !found {
		return Mail{}, false
	}
	return s.mails[i], true
}

// Raw returns the content of a mail as it was received, without the dot-stuffing. It
// returns an error that wraps os.ErrNotExist if the mail is not kept.
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

// Beginning returns at most the first n octets of what Raw returns.
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

// Session returns the record of a session by its number.
func (s *Store) Session(number int) (Session, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	in, found := s.sessions[number]
	return in, found
}

// Sessions returns the sessions that are kept, oldest first.
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

// Clear removes all mails and sessions, with the files of the mails.
func (s *Store) Clear() error {
	begun := 0
	if s.Begun != nil {
		begun = s.Begun() // before s.mu is locked, because the server calls Received with its own lock
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
