// SPDX-License-Identifier: MIT

// Package eml parses received messages, even if they are malformed. It never fails: it
// returns what it can read. It shares no code with package message, so that an error in
// that package is not repeated here.
package eml

// The limits of the parser. What exceeds them is not parsed, and remains in the content of
// a part.
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
	Path     string // "" for the message; "1.2" for the second part within its first part
	Fields   []Field
	HasEnd   bool // whether an empty line ends the header
	Content  []byte
	Type     string            // the media type in lower case, such as "text/plain"
	Params   map[string]string // the parameters of Content-Type; their names are in lower case
	Encoding string            // the Content-Transfer-Encoding in lower case; "7bit" if there is none
	Children []*Part
	Closed   bool // for a multipart: whether the closing delimiter was found
	Cut      bool // for a multipart or an attached message: whether a limit kept parts of it from being parsed
}

// Field is a header field.
type Field struct {
	Name  string // "" if the line has no colon
	Raw   string // all lines of the field, without the last line end
	Line  int    // the number of the field's first line in the part, counted from 1
	Value string // unfolded, not decoded
}

// Parse parses a message.
func Parse(raw []byte) *Message {
	p := parser{}
	return &Message{Part: p.part(raw, "", "text/plain", 0), Raw: raw}
}

// All returns the part and all parts within it, in the order of the message.
func (p *Part) All() []*Part {
	all := []*Part{p}
	for _, c := range p.Children {
		all = append(all, c.All()...)
	}
	return all
}

// Leaves returns the parts that contain no other parts.
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
