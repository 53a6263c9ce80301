// SPDX-License-Identifier: MIT

package inbox

import (
	"strings"
	"sync"
	"time"

	"csmtp/tools/csmtp-testserver/internal/critic"
)

// memory is a store for tests.
type memory struct {
	mu      sync.Mutex
	mails   []Mail
	count   int
	changed chan struct{}
}

func newMemory() *memory { return &memory{changed: make(chan struct{})} }

// add adds a mail, whose lines end in LF here.
func (s *memory) add(message string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	s.mails = append(s.mails, Mail{Number: s.count, Session: 7, Received: time.Date(2026, 5, 4, 12, 0, s.count, 0, time.UTC), Login: "alice", TLS: "TLS 1.3",
		Envelope: &critic.Envelope{From: "alice@test.example", Params: []string{"SIZE=100"}, Recipients: []string{"bob@test.example", "carol@test.example"}},
		Data:     []byte(strings.ReplaceAll(message, "\n", "\r\n"))})
	s.wake()
}

func (s *memory) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *memory) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.mails...)
}

func (s *memory) Dialogue(session int) []string {
	if session != 7 {
		return nil
	}
	return []string{"S: 220 test.example ESMTP", "C: EHLO client.example", "* a <b>comment</b>", "C: QUIT"}
}

func (s *memory) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

func (s *memory) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = nil
	s.wake()
}
