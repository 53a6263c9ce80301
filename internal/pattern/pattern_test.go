// SPDX-License-Identifier: MIT

package pattern

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Several goroutines use a pattern for the first time, and it is compiled once.
func TestFirstUse(t *testing.T) {
	p := Pattern{Expression: `^a+$`}
	assert.Nil(t, p.regexp)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			assert.True(t, p.Compiled().MatchString("aaa"))
			assert.False(t, p.Compiled().MatchString("ab"))
		})
	}
	all.Wait()
	assert.Same(t, p.Compiled(), p.Compiled())
}

func TestInvalidExpression(t *testing.T) {
	p := Pattern{Expression: `(`}
	assert.Panics(t, func() { p.Compiled() })
}
