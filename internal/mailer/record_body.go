// SPDX-License-Identifier: MIT

package mailer

import (
	"io"
	"strings"
	"sync"
	"sync/atomic"

	"csmtp/smtp"
)

// capture keeps the beginning of a message for a transcript. It has a lock, because one
// goroutine writes it and another reads it.
type capture struct {
	ended *atomic.Bool // whether the transcript is full, so that capture keeps nothing more; may be nil

	mu   sync.Mutex
	text []byte
	more bool // whether the message is longer than text
}

// mostBody is the maximum number of octets of one message in a transcript.
const mostBody = 64 << 10

func (c *capture) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended != nil && c.ended.Load() {
		return len(p), nil
	}
	room := min(len(p), mostBody-len(c.text))
	c.text = append(c.text, p[:room]...)
	c.more = c.more || room < len(p)
	return len(p), nil
}

func (c *capture) begun() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.text) > 0
}

// comments returns the message in the form of comments for a transcript. It returns nil if
// c is nil.
func (c *capture) comments() []string {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	lines := strings.Split(strings.TrimSuffix(string(c.text), "\r\n"), "\r\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight("#   "+smtp.Visible(line), " ")
	}
	if c.more {
		lines = append(lines, "#   ...")
	}
	return lines
}

// watched is a message whose beginning is copied to a capture while it is sent.
type watched struct {
	rendered
	body *capture
}

func (w watched) WriteTo(to io.Writer) (int64, error) {
	return w.rendered.WriteTo(io.MultiWriter(to, w.body))
}

// Size returns the number of octets of the message, or -1 if the number is not known.
func (w watched) Size() int64 {
	if sized, ok := w.rendered.(interface{ Size() int64 }); ok {
		return sized.Size()
	}
	return -1
}
