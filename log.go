// SPDX-License-Identifier: MIT

package main

import (
	"os"
	"sync"
	"time"

	"csmtp/smtp"
)

// logging is where the dialogue is shown: secrets are masked before it comes here.
type logging struct {
	call func(direction int, line string) // the program's callback
	file *logFile
}

// logFile may be shared by handles that were copied; each line is one write.
type logFile struct {
	mu sync.Mutex
	f  *os.File
}

func (m *mailer) SetLogCallback(f func(direction int, line string)) error {
	m.settings.log.call = f
	return nil
}

// SetLogFile appends; only the owner may read the file, since it tells who
// wrote to whom.
func (m *mailer) SetLogFile(path string) error {
	if path == "" {
		m.settings.log.file = nil
		return nil
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return faultf(fileNotExist, "SetLogFile: %v", err)
	}
	m.settings.log.file = &logFile{f: f}
	return nil
}

// write leaves out what cannot be written: a full disk must not stop a mail.
func (l *logFile) write(d smtp.Direction, line string) {
	mark := [...]string{smtp.ClientLine: " C: ", smtp.ServerLine: " S: ", smtp.Event: " *  "}[d]
	l.mu.Lock()
	defer l.mu.Unlock()
	l.f.WriteString(time.Now().UTC().Format("2006-01-02T15:04:05.000Z") + mark + line + "\n")
}

// trace is nil when nobody looks, so that looking costs nothing then.
func (l *logging) trace() func(smtp.Direction, string) {
	call, file := l.call, l.file
	if call == nil && file == nil {
		return nil
	}
	return func(d smtp.Direction, line string) {
		if file != nil {
			file.write(d, line)
		}
		if call != nil {
			call(int(d), line)
		}
	}
}
