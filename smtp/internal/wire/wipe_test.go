// SPDX-License-Identifier: MIT

package wire

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWipe(t *testing.T) {
	r := NewReader(strings.NewReader("secret\r\nmore"))
	_, err := r.Line()
	assert.NoError(t, err)
	assert.Contains(t, string(r.buf), "secret")
	r.Wipe()
	assert.Equal(t, make([]byte, len(r.buf)), r.buf)
	assert.Zero(t, r.Buffered())
	r.Reset(strings.NewReader("next\r\n"))
	line, err := r.Line()
	assert.NoError(t, err)
	assert.Equal(t, "next", string(line))
}
