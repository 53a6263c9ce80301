// SPDX-License-Identifier: MIT

package mailer

import "io"

// Thread identifies a thread that calls the library. 0 stands for an unknown thread. After a
// thread has ended, its value is not used for a new thread until forgetThreads has removed
// the records about the ended thread.
type Thread uintptr

// Gate contains the functions of internal/gate that this package calls. Tests without C set
// their own functions.
var Gate = struct {
	Fork *Fork

	// Each of the following functions returns a Go function that calls a callback of the
	// program. The parameter 'call', if it is not nil, returns the id of the pool's mail for
	// which the callback runs.
	Log      func(o Origin, call func() uint64) func(direction int, line string)
	Progress func(Origin) func(sent, total int64) bool
	Event    func(Origin) func(*Event)
	Token    func(o Origin, call func() uint64) func(refused bool) (string, error)
	Read     func(Origin) func() (io.ReadCloser, error)

	Self   func() Thread    // the calling thread
	Ended  func() []Thread  // returns the threads that have ended since the last call to Ended
	DoneAt func(int) uint64 // see gateDoneAt in internal/gate/gate.h
}{
	Fork:   new(Fork),
	Self:   func() Thread { return 0 },
	Ended:  func() []Thread { return nil },
	DoneAt: func(int) uint64 { return 0 },
}

// TextKey identifies a string that was returned to C. It contains the name of the getter
// and an index.
type TextKey struct {
	Getter string
	Index  int
}

// HeldText is a string in C memory. exports_values.go implements it.
type HeldText interface {
	Holds(s string) bool
	Free()
}

// perThread is a record of what a mailer stores for one thread. It is in two lists: the
// records of the mailer, and the records about the thread.
type perThread struct {
	mailer *Mailer
	thread Thread
	next   *perThread // the next record of the mailer

	before, after *perThread // the previous and the next record about the thread

	told  bool       // whether the thread's last call failed or was an attempt to send or to connect
	own   *ownReport // the report of that call; if told is not set, memory for the next report
	texts map[TextKey]HeldText
}
