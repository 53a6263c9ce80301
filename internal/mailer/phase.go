// SPDX-License-Identifier: MIT

package mailer

import (
	"errors"

	"csmtp/smtp"
	"csmtp/smtp/httpmail"
)

// phase is a step of a session. The names in C begin with CSMTP_PHASE.
type phase int

const (
	phaseNone phase = iota
	phaseResolve
	phaseConnect
	phaseTLS
	phaseGreeting
	phaseEHLO
	phaseSTARTTLS
	phaseAUTH
	phaseMAIL
	phaseRCPT
	phaseDATA
	phaseContent
	phaseEndOfData
	phaseRSET
	phaseNOOP
	phaseQUIT
)

// phases returns the phase of each step of package smtp.
func phases() map[smtp.Op]phase {
	return map[smtp.Op]phase{
		smtp.OpResolve:   phaseResolve,
		smtp.OpConnect:   phaseConnect,
		smtp.OpTLS:       phaseTLS,
		smtp.OpGreeting:  phaseGreeting,
		smtp.OpEHLO:      phaseEHLO,
		smtp.OpSTARTTLS:  phaseSTARTTLS,
		smtp.OpAUTH:      phaseAUTH,
		smtp.OpMAIL:      phaseMAIL,
		smtp.OpRCPT:      phaseRCPT,
		smtp.OpDATA:      phaseDATA,
		smtp.OpBody:      phaseContent,
		smtp.OpEndOfData: phaseEndOfData,
		smtp.OpRSET:      phaseRSET,
		smtp.OpNOOP:      phaseNOOP,
		smtp.OpQUIT:      phaseQUIT,
	}
}

// overHTTPSPhases maps the steps of a mail over HTTPS to the corresponding steps of an SMTP
// session.
var overHTTPSPhases = map[smtp.Op]phase{
	httpmail.OpRequest:  phaseContent,
	httpmail.OpResponse: phaseEndOfData,
}

// phaseOf returns the step at which a session failed with err. It returns phaseNone if err
// is not the error of a session.
func phaseOf(err error) phase {
	var e *smtp.Error
	if !errors.As(err, &e) {
		return phaseNone
	}
	if p, ok := overHTTPSPhases[e.Op]; ok {
		return p
	}
	return phases()[e.Op]
}

// peerOf returns the address of the server in a session that failed with err. It returns ""
// if there was no connection.
func peerOf(err error) string {
	var e *smtp.Error
	if errors.As(err, &e) && e.Addr != nil {
		return e.Addr.String()
	}
	return ""
}
