// SPDX-License-Identifier: MIT

package mailer

import (
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"csmtp/smtp"
)

// logging is where the dialogue is shown: secrets are masked before it comes here.
type logging struct {
	call func(direction int, line string) // the program's callback
	file string
	id   fs.FileInfo // what a descriptor named by file was open on

	changes int // how often one of these was set
}

// logLock keeps the lines of all handles whole.
var logLock sync.Mutex

func (m *Mailer) SetLogCallback(f func(direction int, line string)) error {
	m.settings.log.call = f
	m.settings.log.changes++
	return nil
}

// SetLogFile appends. Only the owner can read a new file, because it shows who
// wrote to whom. No symbolic link is followed in the path's last component;
// /dev/stdout, /dev/stderr and the like are the process's own descriptors.
func (m *Mailer) SetLogFile(path string) error {
	l := m.settings.log
	l.file, l.id, l.changes = path, nil, l.changes+1
	if path != "" {
		if err := needPoller(); err != nil {
			return err
		}
		f, err := l.open()
		if err == nil {
			if _, own := ownDescriptor(path); own {
				l.id, err = f.Stat()
			}
			f.Close()
		}
		if err != nil {
			return Faultf(fileNotExist, "SetLogFile: %v", err)
		}
	}
	m.settings.log = l
	return nil
}

// open opens the file for appending. A descriptor's number may have come to
// stand for something else, a connection too: it must be open on what it was.
func (l *logging) open() (*os.File, error) {
	n, ok := ownDescriptor(l.file)
	if !ok {
		return openLog(l.file)
	}
	f, err := duplicate(n, l.file)
	if err != nil || l.id == nil {
		return f, err
	}
	info, err := f.Stat()
	if err == nil && !os.SameFile(info, l.id) {
		err = fmt.Errorf("%s is no longer open on the same file", l.file)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// write opens the file for each line, so that it can be moved away while a
// program runs. What cannot be written is left out: a full disk must not stop
// a mail.
func (l *logging) write(d smtp.Direction, line string) {
	mark := [...]string{smtp.ClientLine: " C: ", smtp.ServerLine: " S: ", smtp.Event: " *  "}[d]
	logLock.Lock()
	defer logLock.Unlock()
	f, err := l.open()
	if err != nil {
		return
	}
	defer f.Close()
	_ = f.SetWriteDeadline(time.Now().Add(time.Second)) // of a FIFO; files have none
	f.WriteString(time.Now().UTC().Format("2006-01-02T15:04:05.000Z") + mark + line + "\n")
}

// trace is nil if there is no log, which then costs nothing.
func (l logging) trace() func(smtp.Direction, string) {
	if l.call == nil && l.file == "" {
		return nil
	}
	return func(d smtp.Direction, line string) {
		line = smtp.Visible(line)
		if l.file != "" {
			l.write(d, line)
		}
		if l.call != nil {
			l.call(int(d), line)
		}
	}
}

// warning says what is wrong with the log file, such as that other users can read it.
func (l *logging) warning() string {
	if _, ok := ownDescriptor(l.file); ok || l.file == "" {
		return ""
	}
	f, err := l.open()
	if err != nil {
		return fmt.Sprintf("the log file cannot be written: %v", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Mode()&(fs.ModeDevice|fs.ModeCharDevice) != 0 {
		return ""
	}
	if open := openToOthers(info); open != "" {
		return fmt.Sprintf("the log file %s: %s", l.file, open)
	}
	if foreignOwner(info) {
		return fmt.Sprintf("the log file %s belongs to another user", l.file)
	}
	return ""
}

// warn tells the log which files are open to others: its own, the private
// key, and what more the caller has found.
func (s *settings) warn(trace func(smtp.Direction, string), more []string) {
	if trace == nil {
		return
	}
	for _, warning := range append(more, s.log.warning(), s.trust.warning()) {
		if warning != "" {
			trace(smtp.Event, "warning: "+warning)
		}
	}
}
