// SPDX-License-Identifier: MIT

package mailer

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"csmtp/smtp"
)

// record contains the settings of SetRecordFile.
type record struct {
	file     string // "" if sessions are not recorded
	contents bool   // whether the transcript contains addresses and bodies
}

// SetRecordFile sets a file to which new sessions are recorded, as a transcript. Secrets
// are masked. If contents is not set, addresses are also replaced, and bodies are left out.
// If the open session has been recorded with contents and contents is not set now, the rest
// of that session is recorded without them. If the path is another one, the rest of that
// session is not recorded.
func (m *Mailer) SetRecordFile(path string, contents bool) error {
	if path != "" {
		if err := checkPath("SetRecordFile", path); err != nil {
			return err
		}
		if err := needPoller(); err != nil {
			return err
		}
		absolute, err := filepath.Abs(path) // the program may change its current directory later
		if err == nil {
			path = absolute
			err = checkRecord(path)
		}
		if err != nil {
			return Faultf(fileNotExist, "SetRecordFile: %v", err)
		}
	}
	m.edit().record = record{path, contents}
	if r := m.recorder; r != nil && r.path != path {
		r.stop()
	} else if r != nil && !contents {
		r.mask()
	}
	return nil
}

// mostRecord is the maximum size of a transcript. Without this limit, a program that runs
// for months would fill the disk and the memory.
const mostRecord = 1 << 20

// recording is the transcript of all sessions of the process that are recorded to the same
// file.
type recording struct {
	path string

	users int    // the number of recorders that use the transcript; guarded by recordings
	order uint64 // set when a user releases the recording, and greater each time; guarded by recordings

	mu       sync.Mutex
	header   recordHeader
	sessions []*dialogue // in the order in which they began
	extent   *extent     // of all sessions
	changed  bool        // whether the file differs from the transcript
	masks    masks
}

// extent is the size of a transcript.
type extent struct {
	size int         // the number of octets
	full atomic.Bool // whether something did not fit into the transcript, so that nothing more is added
}

// add adds n to the size. If the size would exceed the maximum, the transcript is full, and
// add returns false.
func (e *extent) add(n int) bool {
	if e.full.Load() || e.size+n > mostRecord {
		e.full.Store(true)
		return false
	}
	e.size += n
	return true
}

// text returns the transcript. r.mu must be held.
func (r *recording) text() string {
	var b strings.Builder
	b.WriteString("# Secrets are masked.")
	switch {
	case !slices.ContainsFunc(r.sessions, func(d *dialogue) bool { return d.shows }):
		b.WriteString(" Addresses and the names of the client are replaced, and the bodies are left out.")
	case slices.ContainsFunc(r.sessions, func(d *dialogue) bool { return !d.contents }):
		b.WriteString(" In some sessions, addresses and the names of the client are replaced, and the bodies are left out.")
	}
	b.WriteString("\n# Each time is in seconds from the beginning of the connection.\n")
	r.header.write(&b, r.sessions, r.masks.of)
	r.maskAgain()
	for i, d := range r.sessions {
		text := d.text(mostRecord - b.Len() - frame)
		if text == "" {
			break
		}
		fmt.Fprintf(&b, "\n=== connection %d\n%s", i+1, text)
	}
	return b.String()
}

// recorder adds the dialogue of a mailer's sessions to a transcript.
type recorder struct {
	to       *recording
	path     string // the path in the settings
	contents bool
	now      *dialogue  // the dialogue of the open session; nil between sessions
	bodies   []*capture // the bodies of the messages that are being sent
	stopped  bool
	released sync.Once
}

// traced returns a function for a session with the settings s. The function writes each line
// of the session to the log and to the transcript. If there is no log and no transcript,
// traced returns nil.
func (m *Mailer) traced(s *settings) func(smtp.Direction, string) {
	log := s.log.trace()
	m.recorder.release()
	if s.record.file == "" {
		m.recorder = nil
		return log
	}
	m.recorder = &recorder{to: recordingFor(s.record.file), path: s.record.file, contents: s.record.contents}
	m.recorder.to.describe(s)
	return m.recorder.with(log)
}

// The method named 'with' returns a function that adds each line to the transcript. If log is
// not nil, the function also calls log. If r is nil, the method returns log.
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
			r.now = &dialogue{masks: &r.to.masks, extent: r.to.extent, contents: r.contents, shows: r.contents, began: now}
			r.to.sessions = append(r.to.sessions, r.now)
		}
	}
	if r.now != nil && !r.to.extent.full.Load() {
		r.now.hear(d, line, now, r.nextBody)
		r.to.changed = true
		r.to.checkNames()
	}
}

// For each session, a transcript contains at most 'frame' octets in addition to the lines of
// the session.
const frame = len("\n=== connection 100000\n\n* leave\n" + endsHere)

// endsHere is added after the last line of a session if the transcript has become full.
const endsHere = "# The recording ends here, because the transcript is too large."

// fixedHeader is the maximum number of octets of a transcript's header, without the
// recipients.
const fixedHeader = 2000

// watch records a mail that is about to be sent, and returns the message to be sent. If the
// transcript contains bodies, the beginning of the returned message is copied to a capture
// while the message is sent.
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
	r.to.extent.size += r.to.header.transaction(e.From, to, r.contents)
	r.to.changed = true
	if !r.contents {
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
		if body.begun() { // otherwise the mail was refused before its message could be sent
			return body
		}
	}
	return nil
}

// stop ends the recording. The transcript keeps what was recorded of the open session.
func (r *recorder) stop() {
	r.to.mu.Lock()
	defer r.to.mu.Unlock()
	r.stopped, r.now = true, nil
	r.release()
}

// mask ends the recording of contents. The transcript keeps the contents that have already been
// recorded.
func (r *recorder) mask() {
	r.to.mu.Lock()
	defer r.to.mu.Unlock()
	r.contents, r.bodies = false, nil
	if r.now != nil {
		r.now.contents = false
	}
}

// recordEnd records how a call, or a pool's attempt to send a mail, has ended. It then
// saves the transcript.
func (m *Mailer) recordEnd(result *smtp.Result, err error) {
	r := m.recorder
	if r == nil {
		return
	}
	r.to.mu.Lock()
	full := r.to.extent.full.Load()
	if !full || r.now != nil { // otherwise nothing of this call is in the transcript
		r.to.ended(r.now, result, err)
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

// checkNames ends the recording if there are more names to replace than masks can contain.
// r.mu must be held.
func (r *recording) checkNames() {
	if r.masks.full && !r.extent.full.Swap(true) {
		for _, d := range r.sessions {
			d.append(endsHere)
		}
	}
}

// ended records the result of a call. 'now' is the dialogue of the call's session, or nil if
// the call had no session.
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
