// SPDX-License-Identifier: MIT

// Package pattern compiles regular expressions when they are used for the first time. Compiling
// them earlier would slow the start of every program that loads the library.
package pattern

import (
	"regexp"
	"sync"
)

// Pattern is a regular expression. Several goroutines may use it at once.
type Pattern struct {
	Expression string // in the syntax of package regexp

	once   sync.Once
	regexp *regexp.Regexp
}

// Compiled returns the compiled expression. It panics if the expression is not valid.
func (p *Pattern) Compiled() *regexp.Regexp {
	p.once.Do(func() { p.regexp = regexp.MustCompile(p.Expression) })
	return p.regexp
}
