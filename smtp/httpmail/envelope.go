// SPDX-License-Identifier: MIT

package httpmail

import (
	"errors"
	"fmt"
	"strings"

	"csmtp/smtp"
)

// Header is what the header of a message says about its envelope.
type Header struct {
	Senders []string // the addresses in From and Sender
	Shown   []string // the addresses in To and Cc
	Blind   []string // the Bcc addresses, which the message does not contain
	Resent  bool     // whether the message has recipients in Resent-* fields
}

// checkEnvelope returns an error if the service would send the mail to other recipients or from
// another sender than those of the envelope, or if the envelope has an option that exists only
// in SMTP.
func (c *Client) checkEnvelope(env *smtp.Envelope, h *Header) error {
	if len(env.Recipients) == 0 {
		return smtp.ErrNoRecipient
	}
	if err := checkOptions(env); err != nil {
		return fmt.Errorf("%s does not support this: %w", c.cfg.Service, err)
	}
	if h.Resent {
		return fmt.Errorf("%s reads the recipients from To, Cc and Bcc, but the message has Resent-* fields", c.cfg.Service)
	}
	if env.From == "" {
		return fmt.Errorf("%s always uses the address in From as the reverse-path, but the envelope has an empty reverse-path", c.cfg.Service)
	}
	if !contains(h.Senders, env.From) {
		return fmt.Errorf("%s always uses the address in From as the reverse-path, but the envelope has the reverse-path <%s>", c.cfg.Service, env.From)
	}
	to := make([]string, 0, len(env.Recipients))
	in := append(append([]string(nil), h.Shown...), h.Blind...)
	known := folded(in)
	for _, r := range env.Recipients {
		if !known[strings.ToLower(r.Address)] {
			return fmt.Errorf("%s reads the recipients from the header, but <%s> is not in To, Cc or Bcc", c.cfg.Service, r.Address)
		}
		to = append(to, r.Address)
	}
	known = folded(to)
	for _, address := range in {
		if !known[strings.ToLower(address)] {
			return fmt.Errorf("%s sends to all addresses in the header, but <%s> is not a recipient in the envelope", c.cfg.Service, address)
		}
	}
	return nil
}

// checkOptions returns an error if the envelope has an option that exists only in SMTP.
func checkOptions(env *smtp.Envelope) error {
	dsn := env.DSNReturn != "" || env.EnvelopeID != ""
	for _, r := range env.Recipients {
		dsn = dsn || r.Notify != "" || r.OriginalRcpt != ""
	}
	switch {
	case dsn:
		return errors.New("delivery status notifications (DSN) are requested")
	case env.Partial:
		return errors.New("delivery to some of the recipients (partial delivery) is allowed")
	case env.Before != nil:
		return errors.New("the mail was already delivered to some of the recipients")
	case env.RequireTLS:
		return errors.New("REQUIRETLS is set")
	case env.Priority != nil:
		return errors.New("a transfer priority (MT-PRIORITY) is set")
	case env.DeliverBy != 0:
		return errors.New("a delivery deadline (DELIVERBY) is set")
	case env.HoldFor != 0 || !env.HoldUntil.IsZero():
		return errors.New("a release time (FUTURERELEASE) is set")
	}
	return nil
}

func folded(addresses []string) map[string]bool {
	set := make(map[string]bool, len(addresses))
	for _, a := range addresses {
		set[strings.ToLower(a)] = true
	}
	return set
}

func contains(addresses []string, address string) bool {
	return folded(addresses)[strings.ToLower(address)]
}

// bccField returns a Bcc field with the addresses, or "" if there are none. The field is sent
// before the first field of the message, where it does not invalidate a signature.
func bccField(addresses []string) string {
	if len(addresses) == 0 {
		return ""
	}
	return "Bcc: " + strings.Join(addresses, ",\r\n ") + "\r\n"
}
