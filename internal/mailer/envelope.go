// SPDX-License-Identifier: MIT

package mailer

import (
	"strings"
	"time"

	"csmtp/smtp"
)

// forOneMail reports whether a setting is set that applies to one mail only.
func (e *envelope) forOneMail() bool {
	return e.id != "" || e.recipientDSN != nil || e.priority != nil || e.deliverBy != 0 || e.deliverByMode != "" ||
		e.holdFor != 0 || !e.holdUntil.IsZero()
}

// clear clears the settings that apply to one mail only.
func (e *envelope) clear() {
	e.id, e.recipientDSN = "", nil
	e.priority = nil
	e.deliverBy, e.deliverByMode = 0, ""
	e.holdFor, e.holdUntil = 0, time.Time{}
}

func (m *Mailer) SetEnvelopeFrom(email string) error { m.edit().envelope.from = email; return nil }

func (m *Mailer) SetPartialDelivery(partial bool) error {
	m.edit().envelope.partial = partial
	return nil
}

func (m *Mailer) SetChunking(mode int) error {
	if mode < useDATA || mode > useBinary {
		return Faultf(BadArgument, "SetChunking: unknown mode %d: use CSMTP_DATA, CSMTP_BDAT or CSMTP_BINARY", mode)
	}
	m.edit().envelope.chunking = mode
	return nil
}

func (m *Mailer) SetDSN(notify, ret, id string) error {
	notify, err := checkNotify("SetDSN", notify)
	if err != nil {
		return err
	}
	ret = strings.ToUpper(ret)
	if ret != "" && ret != "FULL" && ret != "HDRS" {
		return Faultf(BadArgument, "SetDSN: ret is %q: use FULL, HDRS or \"\"", ret)
	}
	e := &m.edit().envelope
	e.notify, e.ret, e.id = notify, ret, id
	return nil
}

func (m *Mailer) SetRecipientDSN(email, notify, original string) error {
	notify, err := checkNotify("SetRecipientDSN", notify)
	if err != nil {
		return err
	}
	e := &m.edit().envelope
	rows := make(map[string]smtp.Recipient, len(e.recipientDSN)+1)
	for k, v := range e.recipientDSN {
		rows[k] = v
	}
	rows[strings.ToLower(email)] = smtp.Recipient{Notify: notify, OriginalRcpt: original}
	e.recipientDSN = rows
	return nil
}

// checkNotify checks the values of NOTIFY (RFC 3461, section 4.1), and returns them
// in upper case without spaces.
func checkNotify(method, notify string) (string, error) {
	notify = strings.ToUpper(strings.ReplaceAll(notify, " ", ""))
	if notify == "" || notify == "NEVER" {
		return notify, nil
	}
	for _, word := range strings.Split(notify, ",") {
		if word != "SUCCESS" && word != "FAILURE" && word != "DELAY" {
			return "", Faultf(BadArgument, "%s: notify is %q: use NEVER, or one or more of SUCCESS,FAILURE,DELAY", method, notify)
		}
	}
	return notify, nil
}

func (m *Mailer) SetRequireTLS(require bool) error {
	m.edit().envelope.requireTLS = require
	return nil
}

func (m *Mailer) SetMTPriority(priority int) error {
	if priority < -9 || priority > 9 {
		return Faultf(BadArgument, "SetMTPriority: %d is out of range: use a number from -9 to 9", priority)
	}
	m.edit().envelope.priority = &priority
	return nil
}

func (m *Mailer) SetDeliverBy(seconds int, mode string) error {
	mode = strings.ToUpper(mode)
	if seconds != 0 && mode != "N" && mode != "R" {
		return Faultf(BadArgument, "SetDeliverBy: the mode is %q: use N (notify) or R (return)", mode)
	}
	e := &m.edit().envelope
	e.deliverBy, e.deliverByMode = time.Duration(seconds)*time.Second, mode
	return nil
}

func (m *Mailer) SetHoldFor(seconds uint32) error {
	m.edit().envelope.holdFor = time.Duration(seconds) * time.Second
	return nil
}

func (m *Mailer) SetHoldUntil(seconds int64) error {
	t, err := timeOf("SetHoldUntil", seconds)
	if err == nil {
		m.edit().envelope.holdUntil = t
	}
	return err
}

// build returns the envelope of one mail transaction.
func (e *envelope) build(from string, recipients []string) *smtp.Envelope {
	if e.from != "" {
		from = withoutBrackets(e.from)
	}
	kept := new(struct { // one allocation for both
		envelope smtp.Envelope
		few      [2]smtp.Recipient
	})
	env := &kept.envelope
	*env = smtp.Envelope{
		From:          from,
		Recipients:    kept.few[:0],
		Partial:       e.partial,
		RequireTLS:    e.requireTLS,
		Chunking:      e.chunking != useDATA,
		DSNReturn:     e.ret,
		EnvelopeID:    e.id,
		Priority:      e.priority,
		DeliverBy:     e.deliverBy,
		DeliverByMode: e.deliverByMode,
		HoldFor:       e.holdFor,
		HoldUntil:     e.holdUntil,
	}
	if len(recipients) > len(kept.few) {
		env.Recipients = make([]smtp.Recipient, 0, len(recipients))
	}
	for _, address := range recipients {
		r := smtp.Recipient{Notify: e.notify}
		if len(e.recipientDSN) > 0 {
			if own, ok := e.recipientDSN[strings.ToLower(address)]; ok {
				r = own
			}
		}
		r.Address = address
		env.Recipients = append(env.Recipients, r)
	}
	return env
}
