// SPDX-License-Identifier: MIT

//go:build !unix

package conn

// readNow cannot ask the kernel here: only what was already received counts.
func (l *Link) readNow([]byte) (int, error) { return 0, errNothingYet }

// Readable cannot ask the kernel either.
func (l *Link) Readable() bool { return false }

func (l *Link) tryRead(uintptr) bool { return true }
