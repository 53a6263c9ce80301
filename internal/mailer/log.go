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

// logLock is held while a line is written, so that lines of different handles do not mix.
var logLock sync.Mutex

func (m *Mailer) SetLogCallback(f func(direction int, line string)) error {
	m.edit().log.call, m.edit().log.origin = f, Origin{}
	m.edit().log.changes++
	return nil
}

// SetLogFile sets a file to which the log is appended. If the file is created, only its
// owner can read it, because the log shows who wrote to whom. The last component of the
// path must not be a symbolic link. The paths /dev/stdout, /dev/stderr and /dev/fd/N stand
// for descriptors of the process.
func (m *Mailer) SetLogFile(path string) error {
	l := m.settings.log
	l.file, l.id, l.changes = path, fileID{}, l.changes+1
	if path != "" {
		if err := checkPath("SetLogFile", path); err != nil {
			return err
		}
		if err := needPoller(); err != nil {
			return err
		}
		f, err := l.open()
		if err == nil {
			if _, own := ownDescriptor(path); own {
				l.id, err = identify(f)
			}
			f.Close()
		}
		if err != nil {
			return Faultf(fileNotExist, "SetLogFile: %v", err)
		}
	}
	m.edit().log = l
	return nil
}

// open opens the log file for appending. If the path stands for a descriptor, open fails if
// the descriptor no longer refers to the same file: the program may have closed the
// descriptor, and its number may now belong to a connection.
func (l *logging) open() (*os.File, error) {
	n, ok := ownDescriptor(l.file)
	if !ok {
		return openLog(l.file)
	}
	f, err := duplicate(n, l.file)
	if err != nil || l.id == (fileID{}) {
		return f, err
	}
	id, err := identify(f)
	if err == nil && id != l.id {
		err = fmt.Errorf("%s no longer refers to the file given to SetLogFile: call SetLogFile again", l.file)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// write appends a line to the log file. It opens the file for each line, so that another
// program can move the file. It ignores errors, because a full disk must not keep a mail
// from being sent.
func (l *logging) write(d smtp.Direction, line string) {
	mark := [...]string{smtp.ClientLine: " C: ", smtp.ServerLine: " S: ", smtp.Event: " *  "}[d]
	logLock.Lock()
	defer logLock.Unlock()
	f, err := l.open()
	if err != nil {
		return
	}
	defer f.Close()
	_ = f.SetWriteDeadline(time.Now().Add(time.Second)) // for a FIFO; a regular file cannot have a deadline
	f.WriteString(time.Now().UTC().Format("2006-01-02T15:04:05.000Z") + mark + line + "\n")
}

// trace returns the function that writes the log, or nil if there is no log.
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

// warning returns a warning about the log file, such as that other users can read it. It
// returns "" if there is none.
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

// warn writes warnings to the log: those in 'more', and those about the log file and the
// private keys.
func (s *settings) warn(trace func(smtp.Direction, string), more []string) {
	if trace == nil {
		return
	}
	for _, warning := range append(more, s.log.warning(), s.trust.warning(), s.login.warning()) {
		if warning != "" {
			trace(smtp.Event, "warning: "+warning)
		}
	}
}
