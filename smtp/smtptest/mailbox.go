// SPDX-License-Identifier: MIT

package smtptest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"time"
)

// letter is a mail that is being received and has not been stored yet.
type letter struct {
	server *MailServer
	sum    hash.Hash
	size   int64
	data   []byte
	keep   bool
	full   bool // whether the rest of the mail does not fit into MaxPending
	file   *os.File
}

func (s *MailServer) newLetter() (*letter, error) {
	l := &letter{server: s, sum: sha256.New(), keep: s.options.Folder == "" && !s.options.Discard}
	if s.options.Folder != "" {
		file, err := os.CreateTemp(s.options.Folder, ".coming-*")
		if err != nil {
			return nil, err
		}
		l.file = file
	}
	return l, nil
}

func (l *letter) Write(p []byte) (int, error) {
	l.sum.Write(p)
	l.size += int64(len(p))
	if l.keep && !l.full {
		if l.full = !l.server.reserve(int64(len(p))); !l.full {
			l.data = append(l.data, p...)
		}
	}
	if l.file != nil {
		return l.file.Write(p)
	}
	return len(p), nil
}

var _ io.Writer = (*letter)(nil)

// reserve reserves n octets of memory, and reports whether MaxPending allows this. A negative n
// ends a reservation.
func (s *MailServer) reserve(n int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if most := s.options.MaxPending; most > 0 && s.pending+n > most {
		return false
	}
	s.pending += n
	return true
}

// The method drop discards a letter that is refused or incomplete.
func (l *letter) drop() {
	if l != nil {
		l.server.mu.Lock()
		l.server.pending -= int64(len(l.data))
		l.server.mu.Unlock()
		l.data = nil
	}
	if l != nil && l.file != nil {
		l.file.Close()
		os.Remove(l.file.Name())
	}
}

// keep stores a letter. It is called before the reply 250 is sent.
func (s *MailServer) keep(m Mail, l *letter, in *SessionRecord) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending -= int64(len(l.data))
	m.Number, m.Received, m.Size, m.SHA256, m.Data = s.received+1, time.Now(), l.size, hex.EncodeToString(l.sum.Sum(nil)), l.data
	if l.file != nil {
		if err := l.store(m, s.options.Folder); err != nil {
			return err
		}
	}
	s.received++
	in.Mails++
	if s.options.Received != nil {
		s.options.Received(m, in.copy())
	} else {
		s.mails = append(s.mails, m)
	}
	s.changed.Broadcast()
	return nil
}

// store writes N.json and N.eml to the folder. N.json is written first: a program that waits for
// N.eml then also finds N.json.
func (l *letter) store(m Mail, folder string) error {
	if err := l.file.Close(); err != nil {
		return err
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	name := filepath.Join(folder, fmt.Sprint(m.Number))
	if err := os.WriteFile(name+".json", append(text, '\n'), 0o600); err != nil {
		return err
	}
	if err = os.Rename(l.file.Name(), name+".eml"); err != nil { // CreateTemp has created it with mode 0600
		os.Remove(name + ".json")
	}
	return err
}
