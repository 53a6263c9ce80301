// SPDX-License-Identifier: MIT

package mailer

import "io"

// Thread identifies a thread of the program; 0 is an unknown thread. The identity of a
// thread that has ended is used for another thread only after forgetThreads has removed it.
type Thread uintptr

// Gate contains the functions of internal/gate that mailers call. Tests without C set
// their own functions.
var Gate = struct {
	Fork *Fork

	// The following functions return Go functions that call the program's callbacks.
	// call returns the id of the pool's mail for which the callback runs; it may be nil.
	Log      func(o Origin, call func() uint64) func(direction int, line string)
	Progress func(Origin) func(sent, total int64) bool
	Event    func(Origin) func(*Event)
	Token    func(o Origin, call func() uint64) func(refused bool) (string, error)
	Read     func(Origin) func() (io.ReadCloser, error)

	Self   func() Thread    // the calling thread
	Ended  func() []Thread  // returns the threads that have ended since its last call
	DoneAt func(int) uint64 // returns the id of the Send whose callback runs at a depth on this thread
}{
	Fork:   new(Fork),
	Self:   func() Thread { return 0 },
	Ended:  func() []Thread { return nil },
	DoneAt: func(int) uint64 { return 0 },
}

// TextKey identifies a string that was returned to C: the getter and its index.
type TextKey struct {
	Getter string
	Index  int
}

// HeldText is a string in C memory. exports_values.go implements it.
type HeldText interface {
	Holds(s string) bool
	Free()
}

// perThread contains what a mailer stores for one thread.
type perThread struct {
	own   *Report // the report of the thread's last call, if that call failed or was an attempt to send
	texts map[TextKey]HeldText
}
