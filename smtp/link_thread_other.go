// SPDX-License-Identifier: MIT

//go:build !linux

package smtp

func (l *link) readOnThread(p []byte) (int, error) { return l.Conn.Read(p) }

func (l *link) tryWait(uintptr) bool { return true }
