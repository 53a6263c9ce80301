// SPDX-License-Identifier: MIT

//go:build !unix

package smtp

// readNow cannot ask the kernel here: only what was already received counts.
func (l *link) readNow([]byte) (int, error) { return 0, errNothingYet }

// readable cannot ask the kernel either.
func (l *link) readable() bool { return false }

func (l *link) tryRead(uintptr) bool { return true }
