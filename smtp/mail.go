// SPDX-License-Identifier: MIT

package smtp

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// plan checks the envelope, and sets t.size and t.utf8. If it returns an error, nothing
// has been sent.
func (t *transaction) plan() *Error {
	s, env := t.s, t.env
	t.size = sizeOf(t.msg)
	t.utf8 = env.SMTPUTF8
	if env.From != "" {
		utf8Local, err := checkAddress(env.From)
		if err != nil {
			return local(OpMAIL, fmt.Errorf("sender %q: %w", visible([]byte(env.From)), err))
		}
		t.utf8 = t.utf8 || utf8Local
		if e := s.needsUTF8(OpMAIL, env.From, utf8Local); e != nil {
			return e
		}
	}
	if len(env.Recipients) == 0 {
		return local(OpRCPT, ErrNoRecipient)
	}
	if b := env.Before; b != nil && (b.Outcome == InDoubt || len(b.Recipients) != len(env.Recipients)) {
		return local(OpMAIL, errors.New("the field Before must be a result for the same recipients, and its outcome must not be InDoubt"))
	}
	for i := range env.Recipients {
		r := &env.Recipients[i]
		utf8Local, err := r.check()
		if err != nil {
			e := local(OpRCPT, err)
			e.Recipient = r.Address
			return e
		}
		t.utf8 = t.utf8 || utf8Local
		if e := s.needsUTF8(OpRCPT, r.Address, utf8Local); e != nil {
			return e
		}
	}
	if s.dead {
		return nil // begin will return an error that tells the caller to try a new session
	}
	if e := t.checkOptions(); e != nil {
		return e
	}
	if s.limits.size > 0 && t.size > s.limits.size {
		return local(OpMAIL, fmt.Errorf("%w: %d octets, and the limit is %d", ErrTooBig, t.size, s.limits.size))
	}
	return nil
}

func local(op Op, err error) *Error { return &Error{Op: op, Kind: KindLocal, Err: err} }

// needsUTF8 returns an error if the address needs SMTPUTF8 and the server does
// not offer it.
func (s *Session) needsUTF8(op Op, addr string, needed bool) *Error {
	if !needed || s.offers("SMTPUTF8") || s.dead {
		return nil
	}
	e := &Error{Op: op, Kind: KindUnsupported,
		Err: fmt.Errorf("the address %q needs SMTPUTF8 (RFC 6531), which the server does not offer", visible([]byte(addr)))}
	if op == OpRCPT {
		e.Recipient = addr
	}
	return e
}

// checkOptions checks that the options of the envelope are valid, and that the server
// offers the service extensions that these options need.
func (t *transaction) checkOptions() *Error {
	s, env := t.s, t.env
	if err := env.check(); err != nil {
		return local(OpMAIL, err)
	}
	for _, need := range [...]struct {
		asked     bool
		extension string
	}{
		{t.utf8, "SMTPUTF8"},
		{env.Body == Body8BitMIME, "8BITMIME"},
		{env.Body == BodyBinaryMIME, "BINARYMIME"},
		{env.Body == BodyBinaryMIME, "CHUNKING"},
		{env.RequireTLS, "REQUIRETLS"},
		{env.Priority != nil, "MT-PRIORITY"},
		{env.DeliverBy != 0, "DELIVERBY"},
		{env.HoldFor != 0 || !env.HoldUntil.IsZero(), "FUTURERELEASE"},
	} {
		if need.asked && !s.offers(need.extension) {
			return &Error{Op: OpMAIL, Kind: KindUnsupported,
				Err: errors.New("the mail needs " + need.extension + ", which the server does not offer")}
		}
	}
	if env.RequireTLS && s.tls == nil {
		return &Error{Op: OpMAIL, Kind: KindUnsupported, Err: errors.New("REQUIRETLS needs a session with TLS (RFC 8689)")}
	}
	return nil
}

// check checks the options whose values the RFCs limit.
func (env *Envelope) check() error {
	if len(env.EnvelopeID) > 100 {
		return errors.New("the envelope id has more than 100 characters (RFC 3461, section 5.4)")
	}
	for i := 0; i < len(env.EnvelopeID); i++ {
		if c := env.EnvelopeID[i]; c < ' ' || c > '~' {
			return errors.New("the envelope id must be printable ASCII (RFC 3461, section 5.4)")
		}
	}
	switch strings.ToUpper(env.DSNReturn) {
	case "", "FULL", "HDRS":
	default:
		return errors.New("the DSN return option (RET) must be FULL or HDRS (RFC 3461, section 4.3)")
	}
	if p := env.Priority; p != nil && (*p < -9 || *p > 9) {
		return errors.New("the priority must be from -9 to 9 (RFC 6710)")
	}
	if env.DeliverBy != 0 {
		if env.DeliverBy < time.Second || env.DeliverBy/time.Second > 999999999 {
			return errors.New("the deliver-by time must be from 1 to 999999999 seconds (RFC 2852)")
		}
		if m := strings.ToUpper(env.DeliverByMode); m != "N" && m != "R" {
			return errors.New("the deliver-by mode must be N (notify) or R (return) (RFC 2852)")
		}
	}
	if env.HoldFor != 0 && !env.HoldUntil.IsZero() {
		return errors.New("HoldFor and HoldUntil cannot be combined (RFC 4865)")
	}
	if year := env.HoldUntil.UTC().Year(); !env.HoldUntil.IsZero() && (year < 1900 || year > 9999) {
		return errors.New("the time until which to hold the mail must be in the years 1900 to 9999 (RFC 4865)")
	}
	if env.HoldFor != 0 && (env.HoldFor < time.Second || env.HoldFor/time.Second > 999999999) {
		return errors.New("the hold time must be from 1 to 999999999 seconds (RFC 4865)")
	}
	return nil
}

// appendMAIL appends the MAIL command, with the parameters that the envelope needs and the
// server offers.
func (t *transaction) appendMAIL(line []byte) []byte {
	s, env := t.s, t.env
	line = append(line, "MAIL FROM:"...)
	line = appendPath(line, env.From)
	if t.size >= 0 && s.offers("SIZE") {
		line = append(line, " SIZE="...)
		line = strconv.AppendInt(line, t.size, 10)
	}
	switch env.Body {
	case Body8BitMIME:
		line = append(line, " BODY=8BITMIME"...)
	case BodyBinaryMIME:
		line = append(line, " BODY=BINARYMIME"...)
	}
	if t.utf8 {
		line = append(line, " SMTPUTF8"...)
	}
	if s.offers("DSN") {
		if env.DSNReturn != "" {
			line = append(line, " RET="...)
			line = append(line, strings.ToUpper(env.DSNReturn)...)
		}
		if env.EnvelopeID != "" {
			line = append(line, " ENVID="...)
			line = appendXtext(line, env.EnvelopeID)
		}
	}
	if env.RequireTLS {
		line = append(line, " REQUIRETLS"...)
	}
	if env.Priority != nil {
		line = append(line, " MT-PRIORITY="...)
		line = strconv.AppendInt(line, int64(*env.Priority), 10)
	}
	if env.DeliverBy != 0 {
		line = append(line, " BY="...)
		line = strconv.AppendInt(line, int64(env.DeliverBy/time.Second), 10)
		line = append(line, ';')
		line = append(line, strings.ToUpper(env.DeliverByMode)...)
	}
	switch {
	case env.HoldFor != 0:
		line = append(line, " HOLDFOR="...)
		line = strconv.AppendInt(line, int64(env.HoldFor/time.Second), 10)
	case !env.HoldUntil.IsZero():
		line = append(line, " HOLDUNTIL="...)
		line = env.HoldUntil.UTC().AppendFormat(line, "2006-01-02T15:04:05Z")
	}
	return line
}
