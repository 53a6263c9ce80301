// SPDX-License-Identifier: MIT

package message

import (
	"bytes"
	"fmt"
	"math/rand"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// variedMessage returns a message whose parts and sizes depend on r.
func variedMessage(r *rand.Rand) *Message {
	m := &Message{
		From:    []Address{{Mail: fmt.Sprintf("sender%d@test.example", r.Intn(1000)), Name: strings.Repeat("Jörg ", r.Intn(4))}},
		Subject: strings.Repeat("subject ", r.Intn(60)),
	}
	for range 1 + r.Intn(5) {
		m.To = append(m.To, Address{Mail: fmt.Sprintf("to%d@test.example", r.Intn(1000))})
	}
	for range r.Intn(3) {
		m.Bcc = append(m.Bcc, Address{Mail: fmt.Sprintf("bcc%d@test.example", r.Intn(1000))})
	}
	for range r.Intn(40) {
		m.Lines = append(m.Lines, strings.Repeat(string(rune('a'+r.Intn(26))), r.Intn(900)))
	}
	switch r.Intn(4) {
	case 0:
		m.HTML = strings.Repeat("<p>ä</p>", 1+r.Intn(50))
	case 1:
		m.Attachments = append(m.Attachments, Attachment{Name: "x.bin", Data: make([]byte, r.Intn(5000))})
	}
	return m
}

// TestRelease renders messages in memory that earlier messages have released. Each message
// must be the same as one that is rendered in new memory.
func TestRelease(t *testing.T) {
	at := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	render := func(m *Message) (*Rendered, string) {
		n := 0
		built, err := m.Render(Options{Now: func() time.Time { return at }, KeepID: true, Boundary: func() string { n++; return fmt.Sprintf("boundary%d", n) }})
		assert.NoError(t, err)
		var b bytes.Buffer
		size, err := built.WriteTo(&b)
		assert.NoError(t, err)
		assert.Equal(t, int64(b.Len()), size)
		return built, fmt.Sprintf("%s %q\n%s", built.EnvelopeFrom(), built.Recipients(), b.String())
	}
	var all sync.WaitGroup
	for seed := range int64(4) {
		all.Go(func() {
			r := rand.New(rand.NewSource(seed))
			for i := range 300 {
				m := variedMessage(r)
				m.MessageID = fmt.Sprintf("<%d.%d@test.example>", seed, i)
				_, want := render(m) // not released, so that its memory is not used again
				built, got := render(m)
				if !assert.Equal(t, want, got) {
					return
				}
				built.Release()
			}
		})
	}
	all.Wait()
}

func TestReleaseOfARawMessage(t *testing.T) {
	built, err := NewRaw([]byte("From: a@test.example\r\nTo: b@test.example\r\n\r\nx\r\n")).Render(Options{})
	assert.NoError(t, err)
	built.Release()
	assert.Equal(t, []string{"b@test.example"}, built.Recipients())
}
