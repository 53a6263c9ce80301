// SPDX-License-Identifier: MIT

package mailer

import (
	"regexp"
	"sync"
)

// pattern is a regular expression. It is compiled when it is used for the first time, because
// compiling it earlier would slow the start of the program.
type pattern struct {
	expression string
	once       sync.Once
	regexp     *regexp.Regexp
}

func (p *pattern) compiled() *regexp.Regexp {
	p.once.Do(func() { p.regexp = regexp.MustCompile(p.expression) })
	return p.regexp
}
