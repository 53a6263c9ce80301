// SPDX-License-Identifier: MIT

package message

// Render checks the whole message, looks at its files and computes its size.
// Nothing is sent. An empty MessageID is filled in, so that a retry has the
// same. The error is an *Error.
func (m *Message) Render(o Options) (*Rendered, error) {
	return nil, invalid("Render", "", "not there yet", nil)
}

// Render reads the message through once, checks that it can be sent as it is
// and takes its envelope from its header: Resent-* fields if it has any, else
// Sender or From, and To, Cc and Bcc. The error is an *Error.
func (r *Raw) Render(o Options) (*Rendered, error) {
	return nil, invalid("SendRaw", "", "not there yet", nil)
}
