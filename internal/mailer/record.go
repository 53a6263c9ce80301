// SPDX-License-Identifier: MIT

package mailer

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"csmtp/smtp"
)

// record contains the settings of SetRecordFile.
type record struct {
	file     string // "": sessions are not recorded
	contents bool   // whether the transcript contains addresses and bodies
}

// SetRecordFile sets a file to which the sessions that begin from now on are written as a
// transcript. Secrets are masked. Addresses and bodies are replaced unless contents is set.
func (m *Mailer) SetRecordFile(path string, contents bool) error {
	if path != "" {
		if err := checkPath("SetRecordFile", path); err != nil {
			return err
		}
		if err := needPoller(); err != nil {
			return err
		}
		absolute, err := filepath.Abs(path) // the current directory may change later
		if err == nil {
			path = absolute
			var f *os.File
			if f, err = openRecord(path); err == nil {
				f.Close()
			}
		}
		if err != nil {
			return Faultf(fileNotExist, "SetRecordFile: %v", err)
		}
	}
	m.settings.record = record{path, contents}
	if m.recorder != nil && (m.recorder.to.path != path || path == "") {
		m.recorder.stop()
	}
	return nil
}

// openRecord opens or creates a file for a transcript. No other user can read the file. It
// does not follow a link, because another user who can create a link in the folder could
// choose the file that is replaced.
func openRecord(path string) (*os.File, error) {
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", path)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|noFollow, 0o600)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case !info.Mode().IsRegular():
		err = fmt.Errorf("%s is not a regular file", path)
	case hasOtherNames(info):
		err = fmt.Errorf("%s is a hard link: use a new file", path)
	case !ownFile(info):
		err = fmt.Errorf("%s belongs to another user", path)
	case openToOthers(info) != "":
		err = f.Chmod(0o600)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// mostRecord is the maximum size of a transcript. Without it, a program that runs for
// months would fill the disk and the memory.
const mostRecord = 1 << 20

// recording is a transcript with the sessions of all handles of the process that are
// recorded to the same file.
type recording struct {
	path     string
	contents bool

	mu       sync.Mutex
	header   recordHeader
	sessions []*dialogue // in the order of their beginning
	extent   *extent     // of all sessions
	changed  bool        // whether the file differs from the transcript
	masks    masks
}

// extent is the size of a transcript.
type extent struct {
	size int         // the number of octets
	full atomic.Bool // whether the transcript has its maximum size, so that nothing is added
}

// add adds n octets. It reports whether there was room for them.
func (e *extent) add(n int) bool {
	if e.full.Load() || e.size+n > mostRecord {
		e.full.Store(true)
		return false
	}
	e.size += n
	return true
}

var recordings struct {
	sync.Mutex
	byPath map[string]*recording
}

// recordingFor returns the transcript for the settings.
func recordingFor(r record) *recording {
	recordings.Lock()
	defer recordings.Unlock()
	if recordings.byPath == nil {
		recordings.byPath = map[string]*recording{}
	}
	to := recordings.byPath[r.file]
	if to == nil || to.contents != r.contents {
		to = &recording{path: r.file, contents: r.contents, extent: &extent{}}
		recordings.byPath[r.file] = to
	}
	return to
}

// save writes the transcript if it has changed. A transcript that contains no connection
// cannot be played, and is not written.
func (r *recording) save() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.sessions) == 0 || !r.changed {
		return nil
	}
	text := r.text()
	f, err := openRecord(r.path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err = f.WriteString(text)
	r.changed = err != nil
	return err
}

// text returns the transcript. r.mu must be held.
func (r *recording) text() string {
	var b strings.Builder
	b.WriteString("# Secrets are masked.")
	if !r.contents {
		b.WriteString(" Addresses and the names of the client are replaced, and the bodies are left out.")
	}
	b.WriteString("\n# A time is in seconds from the beginning of its connection.\n")
	shown := r.masks.of
	if r.contents {
		shown = func(address string) string { return address }
	}
	r.header.write(&b, r.sessions, shown)
	for i, d := range r.sessions {
		fmt.Fprintf(&b, "\n=== connection %d\n%s", i+1, d.text())
	}
	return b.String()
}

// recorder passes the dialogue of a mailer's sessions to a transcript.
type recorder struct {
	to      *recording
	now     *dialogue  // the dialogue of the open session; nil between sessions
	bodies  []*capture // the bodies of the messages that are being sent
	stopped bool
}

// traced returns the function that receives the dialogue of a session with the settings
// s and writes the log and the transcript. It returns nil if there is neither a log nor
// a transcript.
func (m *Mailer) traced(s *settings) func(smtp.Direction, string) {
	log := s.log.trace()
	if s.record.file == "" {
		m.recorder = nil
		return log
	}
	m.recorder = &recorder{to: recordingFor(s.record)}
	m.recorder.to.describe(s)
	return m.recorder.with(log)
}

// with returns a function that adds each line to the transcript. The function also calls
// log, unless log is nil.
func (r *recorder) with(log func(smtp.Direction, string)) func(smtp.Direction, string) {
	if r == nil {
		return log
	}
	return func(d smtp.Direction, line string) {
		r.hear(d, line, time.Now())
		if log != nil {
			log(d, line)
		}
	}
}

// hear adds a line of the dialogue to the transcript.
func (r *recorder) hear(d smtp.Direction, line string, now time.Time) {
	r.to.mu.Lock()
	defer r.to.mu.Unlock()
	if r.stopped {
		return
	}
	if d == smtp.Event && strings.HasPrefix(line, "connected to ") {
		r.now = nil
		if r.to.extent.add(frame) {
			r.now = &dialogue{masks: &r.to.masks, extent: r.to.extent, contents: r.to.contents, began: now}
			r.to.sessions = append(r.to.sessions, r.now)
		}
	}
	if r.now != nil && !r.to.extent.full.Load() {
		r.now.hear(d, line, now, r.nextBody)
		r.to.changed = true
	}
}

// frame is the maximum number of octets that precede and follow the lines of a session.
const frame = len("\n=== connection 100000\n* leave\n")

// watch records a mail that is about to be sent. It returns the message to send, whose
// beginning is copied to a capture while it is sent if the transcript contains bodies.
func (r *recorder) watch(e *smtp.Envelope, msg rendered) smtp.Message {
	if r == nil {
		return msg
	}
	r.to.mu.Lock()
	defer r.to.mu.Unlock()
	if r.to.extent.full.Load() {
		return msg
	}
	to := make([]string, len(e.Recipients))
	for i := range e.Recipients {
		to[i] = e.Recipients[i].Address
	}
	r.to.extent.size += r.to.header.transaction(e.From, to)
	r.to.changed = true
	if !r.to.contents {
		return msg
	}
	body := &capture{ended: &r.to.extent.full}
	r.bodies = append(r.bodies, body)
	return watched{msg, body}
}

// nextBody returns the body of the message that the session has just sent.
func (r *recorder) nextBody() *capture {
	for len(r.bodies) > 0 {
		body := r.bodies[0]
		r.bodies[0] = nil
		r.bodies = r.bodies[1:]
		if body.begun() { // otherwise the mail was refused before its message was sent
			return body
		}
	}
	return nil
}

// stop ends the recording. An open session is recorded up to this point.
func (r *recorder) stop() {
	r.to.mu.Lock()
	defer r.to.mu.Unlock()
	r.stopped, r.now = true, nil
}

// recordEnd records how a call ended, and saves the transcript.
func (m *Mailer) recordEnd(err error) {
	r := m.recorder
	if r == nil {
		return
	}
	r.to.mu.Lock()
	full := r.to.extent.full.Load()
	if !full || r.now != nil { // otherwise the transcript contains nothing of the call
		r.to.ended(r.now, &m.result, err)
	}
	if m.session == nil || full {
		r.now = nil
	}
	r.bodies = nil
	r.to.mu.Unlock()
	if failed := r.to.save(); failed != nil && m.dialled != nil && m.dialled.Trace != nil {
		m.dialled.Trace(smtp.Event, fmt.Sprintf("warning: the session is not recorded: %v", failed))
	}
}

// ended records the result of a call. now is the dialogue of its session, or nil.
func (r *recording) ended(now *dialogue, result *smtp.Result, err error) {
	if err != nil {
		r.header.failed(faultOf(err), result, err)
		if now != nil {
			now.end(err)
		}
		r.changed = true
	} else if result.Outcome != smtp.NotSent {
		r.header.sent(result)
	}
}
