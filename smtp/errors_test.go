// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"csmtp/smtp/internal/wire"
	"csmtp/smtp/secret"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestErrorText(t *testing.T) {
	reply := &Reply{Code: 550, Enhanced: EnhancedCode{5, 1, 1}, Lines: []string{"No such user"}}
	for want, e := range map[string]*Error{
		"RCPT <bob@x>: server said 550 5.1.1 No such user":                {Op: OpRCPT, Kind: KindRefused, Recipient: "bob@x", Reply: reply},
		"AUTH PLAIN: server said 550 5.1.1 No such user: cause (do this)": {Op: OpAUTH, Mechanism: "PLAIN", Kind: KindRefused, Reply: reply, Err: errors.New("cause"), Hint: "do this"},
		"end of data: timed out: EOF":                                     {Op: OpEndOfData, Kind: KindTimeout, Err: io.EOF},
		"resolve: host name not found":                                    {Op: OpResolve, Kind: KindResolve},
		`RCPT <a\x0ab>: not sent: bad`:                                    {Op: OpRCPT, Kind: KindLocal, Recipient: "a\nb", Err: errors.New("bad")},
		"NOOP: kind 99":                                                   {Op: OpNOOP, Kind: 99},
		"MAIL: canceled: context canceled":                                {Op: OpMAIL, Kind: KindCanceled, Err: context.Canceled},
		"DATA: not supported by the server":                               {Op: OpDATA, Kind: KindUnsupported},
		"TLS: bad certificate":                                            {Op: OpTLS, Kind: KindTLS, Err: errors.New("bad certificate")},
		"AUTH PLAIN: not sent: no password":                               {Op: OpAUTH, Mechanism: "PLAIN", Kind: KindLocal, Err: errors.New("PLAIN: no password")},
		"TLS: TLS failed":                                                 {Op: OpTLS, Kind: KindTLS},
		"MAIL: connection closed: the server sent no reply (x)":           {Op: OpMAIL, Kind: KindClosed, Err: errHungUp, Hint: "x"},
	} {
		assert.Equal(t, want, e.Error())
		assert.Equal(t, e.Err, e.Unwrap())
	}
}

func TestTemporary(t *testing.T) {
	for kind, want := range map[Kind]bool{KindNone: false, KindResolve: true, KindDial: true, KindTimeout: true, KindClosed: true, KindTLS: false,
		KindRefused: false, KindProtocol: false, KindUnsupported: false, KindLocal: false, KindCanceled: false} {
		assert.Equal(t, want, (&Error{Kind: kind}).Temporary(), kind.String())
		assert.Equal(t, kind == KindTimeout, (&Error{Kind: kind}).Timeout())
	}
	assert.True(t, (&Error{Kind: KindRefused, Reply: &Reply{Code: 451}}).Temporary())
	assert.False(t, (&Error{Kind: KindRefused, Reply: &Reply{Code: 550}}).Temporary())
	assert.False(t, IsStale(nil))
	assert.False(t, IsStale(io.EOF))
	assert.True(t, IsStale(fmt.Errorf("wrapped: %w", &Error{stale: true})))
}

// The error explains common replies that are hard to understand.
func TestHints(t *testing.T) {
	clear := &Session{cfg: &Config{}}
	for text, want := range map[string]string{
		"AUTH|535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.": "an administrator must enable it",
		"AUTH|535 5.7.139 Authentication unsuccessful, basic authentication is disabled.":                    "use OAuth 2.0",
		"AUTH|535 5.7.3 Authentication unsuccessful":                                                         "login or password is wrong",
		"AUTH|535-5.7.8 Username and Password not accepted.\n535 5.7.8 BadCredentials":                       "a Google account needs",
		"AUTH|534-5.7.9 Application-specific password required.\n534 5.7.9 see":                              "application password",
		"AUTH|538 5.7.11 Encryption required":                                                                "only over TLS",
		"AUTH|454 4.7.0 Temporary authentication failure":                                                    "try again later",
		"MAIL|550 5.7.30 Basic authentication is not supported for Client Submission":                        "no longer accepts passwords",
		"MAIL|530 5.7.57 Client not authenticated to send mail":                                              "requires a login",
		"MAIL|530 5.7.0 Must issue a STARTTLS command first":                                                 "requires TLS",
		"MAIL|530 5.7.0 Authentication required":                                                             "requires a login",
		"MAIL|530 Access denied":                                                                             "requires a login",
		"MAIL|553 5.7.1 Sender address rejected: not owned by user":                                          "from that address",
		"RCPT|554 5.7.1 <x@y>: Relay access denied":                                                          "without a login",
		"RCPT|550 Relaying not allowed":                                                                      "without a login",
		"RCPT|450 4.2.0 Greylisted, see":                                                                     "greylisting",
		"MAIL|552 5.3.4 Message size exceeds limit":                                                          "larger than the server accepts",
		"RCPT|550 5.1.1 No such user":                                                                        "check the recipient's address",
	} {
		op, said, _ := strings.Cut(text, "|")
		reply, _, err := parse(strings.ReplaceAll(said, "\n", "\r\n") + "\r\n")
		require.NoError(t, err)
		got := hint(&Error{Op: Op(op), Kind: KindRefused, Reply: reply}, clear)
		assert.Contains(t, got, want, text)
	}
}

func TestQueueID(t *testing.T) {
	for text, want := range map[string]string{
		"250 2.0.0 Ok: queued as 4XyZ12":                            "4XyZ12",
		"250 2.0.0 Ok: queued as 4BcDeF3zgHz9xyz.":                  "4BcDeF3zgHz9xyz",
		"250 OK id=1tAbCd-0000000012-AbCd":                          "1tAbCd-0000000012-AbCd",
		"250 2.0.0 5ANK3sQt012345 Message accepted for delivery":    "5ANK3sQt012345",
		"250 2.0.0 1a2b3c4d Message accepted for delivery":          "1a2b3c4d",
		"250 2.6.0 <a@b.example> [InternalId=12345] Queued mail":    "a@b.example",
		"250 2.0.0 OK  1700000000 a1b2c3-20020a.12 - gsmtp":         "a1b2c3-20020a.12",
		"250 ok 1700000000 qp 12345":                                "12345",
		"250 Ok 0100018c-abcd-000000":                               "",
		"250 OK":                                                    "",
		"250":                                                       "",
		"250 Message accepted for delivery":                         "",
		"250 mail for you Message accepted for delivery":            "",
		"250 queued as ":                                            "",
		"250 2.0.0 Ok: queued as \x1b[31m":                          `\x1b[31m`,
		"451 4.3.0 queued as nothing":                               "",
		"250-2.0.0 first\r\n250 2.0.0 Ok: queued as AB12":           "AB12",
		"250 2.0.0 Ok: queued as " + strings.Repeat("x", 300):       "",
		"250 2.0.0 (1.2.3) grüße Message accepted for delivery":     "",
		"250 <a@b.example> queued, see [InternalId is not given] !": "",
	} {
		var raw rawReply
		require.NoError(t, readReply(wire.NewReader(strings.NewReader(text+"\r\n")), &raw, nil))
		assert.Equal(t, want, raw.queueID(raw.reply()), text)
	}
}

// A secret that equals another word of the reply does not hide the queue id. A secret that
// equals the id hides it.
func TestQueueIDBesideASecret(t *testing.T) {
	for word, want := range map[string]string{"queued": "4XyZ12", "4XyZ12": "****"} {
		raw := rawReply{code: 250, text: []byte("2.0.0 Ok: queued as 4XyZ12"), secrets: &secret.Set{}}
		raw.secrets.Add(word)
		assert.Equal(t, want, raw.queueID(raw.reply()))
		assert.NotContains(t, raw.reply().String(), word)
	}
}

func TestOutcome(t *testing.T) {
	for o := NotSent; o <= InDoubt; o++ {
		assert.NotContains(t, o.String(), "outcome")
	}
	assert.Equal(t, "outcome 9", Outcome(9).String())
}

// A mail is safe to retry if nothing was delivered and its error is temporary.
func TestSafeToRetry(t *testing.T) {
	errs := map[error]bool{
		nil:                            false,
		errors.New("an unknown error"): false,
		&Error{Kind: KindResolve}:      true,
		&Error{Kind: KindDial}:         true,
		&Error{Kind: KindTimeout}:      true,
		&Error{Kind: KindClosed}:       true,
		&Error{Kind: KindTLS}:          false,
		&Error{Kind: KindProtocol}:     false,
		&Error{Kind: KindUnsupported}:  false,
		&Error{Kind: KindLocal}:        false,
		&Error{Kind: KindCanceled}:     false,
		&Error{Kind: KindToken}:        false,
		&Error{Kind: KindRefused}:      false,
		local(OpBody, net.ErrClosed):   false,
		local(OpBody, syscall.EMFILE):  true,
		local(OpBody, syscall.ENOENT):  false,
		local(OpMAIL, ErrTooBig):       false,
		errors.Join(&Error{Kind: KindTimeout}, errors.New("further")): true,
	}
	for code := 200; code < 600; code++ {
		errs[&Error{Op: OpAUTH, Kind: KindRefused, Reply: &Reply{Code: code}}] = code/100 == 4
	}
	for err, temporary := range errs {
		for o := NotSent; o <= InDoubt; o++ {
			want := temporary && (o == NotSent || o == RejectedTemporary)
			assert.Equal(t, want, (&Result{Outcome: o}).SafeToRetry(err), "%v: %v", o, err)
			assert.Equal(t, want, (&Delivery{Result: Result{Outcome: o}, Err: err}).SafeToRetry(), "%v: %v", o, err)
		}
	}
}

func TestEndsSession(t *testing.T) {
	for code, want := range map[int]bool{421: true, 221: false, 420: false, 422: false, 451: false, 521: false} {
		assert.Equal(t, want, (&Reply{Code: code}).EndsSession(), code)
	}
	var none *Reply
	assert.False(t, none.EndsSession())
}

func TestTimeoutsOfTheRFC(t *testing.T) {
	d := Timeouts{}.WithDefaults()
	assert.Equal(t, []time.Duration{5 * time.Minute, 5 * time.Minute, 2 * time.Minute, 3 * time.Minute, 10 * time.Minute},
		[]time.Duration{d.Greeting, d.Command, d.DataInit, d.DataBlock, d.DataEnd})
	assert.Zero(t, d.Total)
	assert.Equal(t, time.Second, Timeouts{Quit: time.Second}.WithDefaults().Quit)
}
