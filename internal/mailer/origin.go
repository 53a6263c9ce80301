// SPDX-License-Identifier: MIT

package mailer

import "io"

// Origin describes a callback in C: the handle for which the program has set it, and the
// addresses of the callback function and of its user data. Functions in Gate convert an
// Origin to a Go function. In a forked child, the private copy of the library converts the
// Origin again.
type Origin struct{ Handle, Function, User uintptr }

// The following methods set callbacks in C. If o.Function is 0, those whose names begin with
// Set clear the callback.

func (m *Mailer) SetLogOrigin(o Origin) error {
	err := m.SetLogCallback(made(o, func(o Origin) func(int, string) { return Gate.Log(o, nil) }))
	m.edit().log.origin = o
	return err
}

func (m *Mailer) SetProgressOrigin(o Origin) error {
	err := m.SetProgressCallback(made(o, Gate.Progress))
	m.edit().progressed = o
	return err
}

func (m *Mailer) SetTokenOrigin(o Origin) error {
	err := m.SetTokenCallback(made(o, func(o Origin) func(bool) (string, error) { return Gate.Token(o, nil) }))
	m.edit().login.origin = o
	return err
}

func (m *Mailer) AddReaderOrigin(name, contentType string, size int64, o Origin) error {
	if err := m.AddAttachmentReader(name, contentType, size, made(o, Gate.Read)); err != nil {
		return err
	}
	all := m.message.Attachments
	all[len(all)-1].Tag = [3]uintptr{o.Handle, o.Function, o.User}
	return nil
}

func made[F func(int, string) | func(int64, int64) bool | func(bool) (string, error) | func() (io.ReadCloser, error)](o Origin, of func(Origin) F) F {
	if o.Function == 0 {
		return nil
	}
	return of(o)
}
