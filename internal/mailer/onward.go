// SPDX-License-Identifier: MIT

package mailer

import (
	"errors"
	"fmt"
	"slices"

	"csmtp/smtp"
)

// onward says over which session a failed mail is sent again.
type onward int

const (
	stay              onward = iota // the mail is not sent again
	sameServer                      // a new session with the same server
	withoutPipelining               // a new session with the same server, without PIPELINING
	nextServer                      // a session with another server
)

// onward returns the session over which a mail is sent again after the mail has failed with
// err over the current session. A mail is sent again only if err shows that it was not
// delivered, and only to the recipients for whom it was not accepted. 'used' reports
// whether the session had already been used for another mail. If the first mail of a
// session fails, the mail is not sent to the same server again, unless PIPELINING was the
// reason.
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

// others returns the configured servers except that of the current session and those that
// have failed during the current call. The servers that were not tried come first.
func (m *Mailer) others() []smtp.Server {
	var servers []smtp.Server
	for _, server := range append(m.session.Untried(), m.dialled.Servers...) {
		if server != m.session.Server() && !slices.Contains(m.failed, server) && !slices.Contains(servers, server) {
			servers = append(servers, server)
		}
	}
	return servers
}

// noteTried records which of the servers failed while the session was being opened.
func (m *Mailer) noteTried(servers []smtp.Server, session *smtp.Session) {
	untried := session.Untried()
	for _, server := range servers {
		if server != session.Server() && !slices.Contains(untried, server) {
			m.failed = append(m.failed, server)
		}
	}
}

// alsoFailed returns the error of a mail for which two attempts have failed. err is the
// error of the first attempt, and the parameter later is the error of the second attempt. If
// the second attempt used another server, alsoFailed returns err with the text of the second
// error added, because the refusal by the first server says more. Otherwise, or if the call
// was canceled, it returns the second error.
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

// earlier returns a copy of res for Envelope.Before. It returns nil if res contains no
// recipient for whom the mail was accepted.
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
