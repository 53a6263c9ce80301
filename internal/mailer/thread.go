// SPDX-License-Identifier: MIT

package mailer

import "io"

// Thread identifies a thread of the program; 0 is an unknown thread. An identity
// is not used again before forgetThreads has dropped it.
type Thread uintptr

// Gate holds the functions of the gate that mailers call. Tests without C set
// their own.
var Gate = struct {
	Fork *Fork

	// Go functions that call the program's callbacks
	Log      func(Origin) func(direction int, line string)
	Progress func(Origin) func(sent, total int64) bool
	Token    func(Origin) func(refused bool) (string, error)
	Read     func(Origin) func() (io.ReadCloser, error)

	Self   func() Thread    // the calling thread
	Ended  func() []Thread  // the threads that have ended since the last call
	DoneAt func(int) uint64 // the asynchronous Sends whose callback runs on the calling thread
}{
	Fork:   new(Fork),
	Self:   func() Thread { return 0 },
	Ended:  func() []Thread { return nil },
	DoneAt: func(int) uint64 { return 0 },
}

// TextKey identifies a string that C got: a getter and its index.
type TextKey struct {
	Getter string
	Index  int
}

// HeldText is a string in C memory. exports_values.go implements it.
type HeldText interface {
	Holds(s string) bool
	Free()
}

// perThread is what a mailer keeps for one thread.
type perThread struct {
	own   *Report // of the thread's last call, if that failed or was an attempt to send
	texts map[TextKey]HeldText
}
