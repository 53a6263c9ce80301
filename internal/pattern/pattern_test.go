// SPDX-License-Identifier: MIT

package pattern

import (
	"regexp"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Several goroutines use a pattern for the first time, and it is compiled once.
func TestFirstUse(t *testing.T) {
	p := Pattern{Expression: `^a+$`}
	assert.Nil(t, p.regexp)
	var all sync.WaitGroup
	var compiled [8]*regexp.Regexp
	for i := range compiled {
		all.Go(func() {
			compiled[i] = p.Compiled()
			assert.True(t, compiled[i].MatchString("aaa"))
			assert.False(t, compiled[i].MatchString("ab"))
		})
	}
	all.Wait()
	for _, c := range compiled {
		assert.Same(t, p.Compiled(), c)
	}
}

func TestInvalidExpression(t *testing.T) {
	p := Pattern{Expression: `(`}
	assert.Panics(t, func() { p.Compiled() })
}
