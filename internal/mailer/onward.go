// SPDX-License-Identifier: MIT

package mailer

import (
	"errors"
	"fmt"
	"slices"

	"csmtp/smtp"
)

// onward specifies over which session a failed mail is resent.
type onward int

const (
	stay              onward = iota // over no session: the error is final
	sameServer                      // a new session with the same server
	withoutPipelining               // a new session with the same server, without PIPELINING
	nextServer                      // a session with another server
)

// onward decides how to resend a mail that has failed with err over the current session. A
// mail is resent only to the recipients for whom it was not accepted, and only if err shows
// that it was not delivered to them. The parameter used reports whether the session had
// already carried another mail. If the first mail of a session fails, the same server is
// not tried again, except without PIPELINING.
func (m *Mailer) onward(err error, used bool) onward {
	switch {
	case err == nil || m.session == nil || errors.Is(err, smtp.ErrInDoubt):
		return stay
	case errors.Is(err, smtp.ErrPipelining) && !m.unpipelined:
		return withoutPipelining
	case smtp.AnotherSession(err) && used:
		return sameServer
	case smtp.AnotherServer(err):
		m.session.MarkFailed()
		if len(m.others()) > 0 {
			return nextServer
		}
	}
	return stay
}

// goOn replaces the session.
func (m *Mailer) goOn(how onward) error {
	config, here := m.dialled, m.session.Server()
	servers := m.others()
	if how != nextServer {
		servers = append([]smtp.Server{here}, servers...)
	}
	switch how {
	case withoutPipelining:
		m.unpipelined = true
		plain := *config
		plain.ExtensionsOff = append(slices.Clone(plain.ExtensionsOff), "PIPELINING")
		plain.PipeliningWait = 0
		config = &plain
		m.tell(config, "MAIL and RCPT were sent together, and no reply to RCPT arrived within %v: trying again without PIPELINING", pipeliningWait)
	case nextServer:
		m.failed = append(m.failed, here)
		m.tell(config, "%v did not accept the mail: trying the next server", here)
	}
	m.leave()
	return m.connectTo(config, servers)
}

// tell writes a line to the log.
func (m *Mailer) tell(config *smtp.Config, format string, args ...any) {
	if config.Trace != nil {
		config.Trace(smtp.Event, smtp.Visible(fmt.Sprintf(format, args...)))
	}
}

// others returns the configured servers, except that of the session and those that
// failed during the current call. Servers that were not tried come first.
func (m *Mailer) others() []smtp.Server {
	var servers []smtp.Server
	for _, server := range append(m.session.Untried(), m.dialled.Servers...) {
		if server != m.session.Server() && !slices.Contains(m.failed, server) && !slices.Contains(servers, server) {
			servers = append(servers, server)
		}
	}
	return servers
}

// noteTried records which of servers failed when session was opened.
func (m *Mailer) noteTried(servers []smtp.Server, session *smtp.Session) {
	untried := session.Untried()
	for _, server := range servers {
		if server != session.Server() && !slices.Contains(untried, server) {
			m.failed = append(m.failed, server)
		}
	}
}

// alsoFailed returns the error for a mail whose first attempt failed with err, and whose
// second attempt failed with the error later. If the second attempt used another server,
// the result is err with the text of the second error appended, because the refusal of the
// first server says more.
func (m *Mailer) alsoFailed(err, later error, how onward) error {
	var first, second *smtp.Error
	if how != nextServer || !errors.As(err, &first) || errors.As(later, &second) && second.Kind == smtp.KindCanceled {
		return later
	}
	e := *first
	e.Err = fmt.Errorf("the next server failed too: %v", later)
	if first.Err != nil {
		e.Err = fmt.Errorf("%w; the next server failed too: %v", first.Err, later)
	}
	return &e
}

// earlier returns a copy of res for Envelope.Before, or nil if the mail was accepted for no
// recipient.
func earlier(res *smtp.Result) *smtp.Result {
	if acceptedRows(res) == 0 {
		return nil
	}
	copied := *res
	return &copied
}

func acceptedRows(res *smtp.Result) int {
	n := 0
	if res != nil {
		for i := range res.Recipients {
			if res.Recipients[i].Accepted {
				n++
			}
		}
	}
	return n
}
