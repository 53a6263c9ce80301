// SPDX-License-Identifier: MIT

package smtp

import "time"

// step is a command or another step of the session. It specifies which replies the session
// expects, and how long it waits for them.
type step struct {
	op      Op
	lo, hi  int // the lowest and the highest code that is expected
	timeout func(*Timeouts) time.Duration
}

// The steps that expect 250, except EHLO, also expect 251 to 259, because 251 and 252 are
// positive replies too (RFC 5321, sections 3.4 and 4.2.3).
var (
	stepGreeting  = step{OpGreeting, 220, 220, func(t *Timeouts) time.Duration { return t.Greeting }}
	stepEHLO      = step{OpEHLO, 250, 250, command}
	stepSTARTTLS  = step{OpSTARTTLS, 220, 220, command}
	stepAUTH      = step{OpAUTH, 235, 235, command}
	stepMAIL      = step{OpMAIL, 250, 259, command}
	stepRCPT      = step{OpRCPT, 250, 259, command}
	stepDATA      = step{OpDATA, 354, 354, func(t *Timeouts) time.Duration { return t.DataInit }}
	stepBody      = step{OpBody, 250, 259, func(t *Timeouts) time.Duration { return t.DataBlock }}
	stepEndOfData = step{OpEndOfData, 250, 259, func(t *Timeouts) time.Duration { return t.DataEnd }}
	stepRSET      = step{OpRSET, 250, 259, command}
	stepNOOP      = step{OpNOOP, 250, 259, command}
	stepQUIT      = step{OpQUIT, 221, 221, func(t *Timeouts) time.Duration { return t.Quit }}
)

func command(t *Timeouts) time.Duration { return t.Command }

// wants reports whether the step expects a reply with this code.
func (st *step) wants(code int) bool { return st.lo <= code && code <= st.hi }

// WithDefaults returns t with each field that is not positive, except Total, replaced by its
// default.
func (t Timeouts) WithDefaults() Timeouts {
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{
		{&t.Connect, 60 * time.Second},
		{&t.TLS, 60 * time.Second},
		{&t.Greeting, 5 * time.Minute},
		{&t.Command, 5 * time.Minute},
		{&t.DataInit, 2 * time.Minute},
		{&t.DataBlock, 3 * time.Minute},
		{&t.DataEnd, 10 * time.Minute},
		{&t.Quit, 5 * time.Second},
	} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	return t
}
