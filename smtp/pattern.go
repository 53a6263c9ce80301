// SPDX-License-Identifier: MIT

package smtp

import (
	"regexp"
	"sync"
)

// pattern returns a function that returns the compiled expression. The expression is compiled
// at the first call to this function, and not when the program starts.
func pattern(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
