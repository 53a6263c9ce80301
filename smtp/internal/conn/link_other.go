// SPDX-License-Identifier: MIT

//go:build !unix

package conn

// readNow reads nothing: reading without waiting is implemented on Unix only.
func (l *Link) readNow([]byte) (int, error) { return 0, errNothingYet }

// Readable returns false, because reading without waiting is implemented on Unix only.
func (l *Link) Readable() bool { return false }

func (l *Link) tryRead(uintptr) bool { return true }
