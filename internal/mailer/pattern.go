// SPDX-License-Identifier: MIT

package mailer

import (
	"regexp"
	"sync"
)

// pattern returns a function that returns a regular expression. The expression is compiled
// when the function is called for the first time, because compiling it earlier would slow
// the start of the program.
func pattern(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
