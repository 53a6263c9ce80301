// SPDX-License-Identifier: MIT

package main

import (
	"os"
	"sync"
	"syscall"
	"time"

	"csmtp/smtp"
)

// logging is where the dialogue is shown: secrets are masked before it comes here.
type logging struct {
	call func(direction int, line string) // the program's callback
	file string

	changes int // how often one of these was set
}

// logLock keeps the lines of all handles whole.
var logLock sync.Mutex

func (m *mailer) SetLogCallback(f func(direction int, line string)) error {
	m.settings.log.call = f
	m.settings.log.changes++
	return nil
}

// SetLogFile appends; only the owner may read the file, since it tells who
// wrote to whom.
func (m *mailer) SetLogFile(path string) error {
	if path != "" {
		if err := needPoller(); err != nil {
			return err
		}
		f, err := openLog(path)
		if err != nil {
			return faultf(fileNotExist, "SetLogFile: %v", err)
		}
		f.Close()
	}
	m.settings.log.file = path
	m.settings.log.changes++
	return nil
}

// openLog does not wait for a reader of a FIFO.
func openLog(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE|syscall.O_NONBLOCK, 0o600)
}

// writeLog opens the file for each line, so that it can be moved away while a
// program runs. What cannot be written is left out: a full disk must not stop
// a mail.
func writeLog(path string, d smtp.Direction, line string) {
	mark := [...]string{smtp.ClientLine: " C: ", smtp.ServerLine: " S: ", smtp.Event: " *  "}[d]
	logLock.Lock()
	defer logLock.Unlock()
	f, err := openLog(path)
	if err != nil {
		return
	}
	defer f.Close()
	_ = f.SetWriteDeadline(time.Now().Add(time.Second)) // of a FIFO; files have none
	f.WriteString(time.Now().UTC().Format("2006-01-02T15:04:05.000Z") + mark + line + "\n")
}

// trace is nil when nobody looks, so that looking costs nothing then.
func (l *logging) trace() func(smtp.Direction, string) {
	call, file := l.call, l.file
	if call == nil && file == "" {
		return nil
	}
	return func(d smtp.Direction, line string) {
		if file != "" {
			writeLog(file, d, line)
		}
		if call != nil {
			call(int(d), line)
		}
	}
}
