// SPDX-License-Identifier: MIT

package mailer

import (
	"testing"

	"csmtp/smtp"

	"github.com/stretchr/testify/assert"
)

// If the server refuses a login, sessionNumber returns the error number of class CSmtp for
// the mechanism and the step of the login. For a mechanism that class CSmtp did not have, it
// returns the number for a wrong password.
func TestNumbersOfARefusedLogin(t *testing.T) {
	for mechanism, byRounds := range map[string][4]Number{
		"PLAIN":         {commandAuthPlain, badLoginPass, badLoginPass, badLoginPass},
		"LOGIN":         {commandAuthLogin, undefXYZResponse, badLoginPass, badLoginPass},
		"CRAM-MD5":      {commandAuthCRAMMD5, badLoginPass, badLoginPass, badLoginPass},
		"DIGEST-MD5":    {commandAuthDigestMD5, badLoginPass, badLoginPass, badLoginPass},
		"SCRAM-SHA-256": {badLoginPass, badLoginPass, badLoginPass, badLoginPass},
		"X-NEW":         {badLoginPass, badLoginPass, badLoginPass, badLoginPass},
	} {
		for rounds, want := range byRounds {
			e := &smtp.Error{Op: smtp.OpAUTH, Kind: smtp.KindRefused, Mechanism: mechanism, Rounds: rounds}
			assert.Equal(t, want, sessionNumber(e), "%s after %d challenges", mechanism, rounds)
		}
	}
}
