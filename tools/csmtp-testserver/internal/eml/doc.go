// SPDX-License-Identifier: MIT

// Package eml parses received messages, including malformed ones. It never fails: it
// returns what it can read. It shares no code with package message, so that it does not
// repeat the mistakes of that package.
package eml

// These are the limits of what is parsed. Everything beyond them remains unparsed in
// the content of a part.
const (
	maxDepth  = 20
	maxParts  = 500
	maxFields = 2000
)

// Message is a parsed message. Its root part contains the header of the message.
type Message struct {
	*Part
	Raw []byte
}

// Part is a message or a part of a multipart.
type Part struct {
	Path     string // "1.2" is the second part of the first; "" is the whole message
	Fields   []Field
	HasEnd   bool // whether an empty line ends the header
	Content  []byte
	Type     string            // the media type in lower case, such as "text/plain"
	Params   map[string]string // the parameters of Content-Type; their names are in lower case
	Encoding string            // the Content-Transfer-Encoding in lower case; "7bit" if there is none
	Children []*Part
	Closed   bool // for a multipart: whether the closing delimiter was found
	Cut      bool // for a multipart: whether its parts were not parsed because a limit was reached
}

// Field is a header field.
type Field struct {
	Name  string // "" if the line has no colon
	Raw   string // all its lines, without the final line end
	Line  int    // the number of its first line in the part, from 1
	Value string // unfolded, not decoded
}

// Parse parses a message.
func Parse(raw []byte) *Message {
	p := parser{}
	return &Message{Part: p.part(raw, "", "text/plain", 0), Raw: raw}
}

// All returns the part and every part below it, in the order of the message.
func (p *Part) All() []*Part {
	all := []*Part{p}
	for _, c := range p.Children {
		all = append(all, c.All()...)
	}
	return all
}

// Leaves returns the parts that contain no others.
func (p *Part) Leaves() []*Part {
	var leaves []*Part
	for _, q := range p.All() {
		if len(q.Children) == 0 {
			leaves = append(leaves, q)
		}
	}
	return leaves
}

// Find returns the part with this path, or nil.
func (p *Part) Find(path string) *Part {
	for _, q := range p.All() {
		if q.Path == path {
			return q
		}
	}
	return nil
}
