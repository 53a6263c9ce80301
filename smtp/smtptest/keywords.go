// SPDX-License-Identifier: MIT

package smtptest

import (
	"fmt"
	"slices"
	"strings"
)

// offers reports whether the server has offered a keyword in its last reply to EHLO.
func (x *session) offers(keyword string) bool {
	return x.extended && slices.ContainsFunc(x.keywords(), func(line string) bool {
		word, _, _ := strings.Cut(line, " ")
		return word == keyword
	})
}

// keywords returns the keywords that the server offers in a reply to EHLO in the current state.
func (x *session) keywords() []string {
	if x.spoken != nil {
		return x.spoken
	}
	o := x.options
	all := []string{"PIPELINING", fmt.Sprintf("SIZE %d", o.MaxSize), "8BITMIME", "SMTPUTF8", "DSN",
		"ENHANCEDSTATUSCODES", "CHUNKING", "BINARYMIME"}
	if !x.secured {
		all = append(all, "STARTTLS")
	}
	if names := x.mechanisms(); len(names) > 0 {
		all = append(all, "AUTH "+strings.Join(names, " "))
	}
	all = append(all, o.Extra...)
	return slices.DeleteFunc(all, func(line string) bool {
		word, _, _ := strings.Cut(line, " ")
		return slices.ContainsFunc(o.Hide, func(h string) bool { return strings.EqualFold(h, word) })
	})
}

// mechanisms returns the SASL mechanisms that the server offers in the current state.
func (x *session) mechanisms() []string {
	o := x.options
	if o.NoAuth || o.TLSFirst && !x.secured {
		return nil
	}
	wanted := o.Mechanisms
	if wanted == nil {
		wanted = Mechanisms
	}
	return slices.DeleteFunc(slices.Clone(wanted), func(m string) bool {
		return strings.HasSuffix(m, "-PLUS") && !x.secured || m == "EXTERNAL" && len(certified(x.tlsState())) == 0
	})
}
