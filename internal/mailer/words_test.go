// SPDX-License-Identifier: MIT

package mailer

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"csmtp/smtp"
	"csmtp/smtp/message"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// hiding is an error whose text differs from that of its cause, as it does if a secret was
// hidden.
type hiding struct {
	text  string
	cause error
}

func (h hiding) Error() string { return h.text }
func (h hiding) Unwrap() error { return h.cause }

func TestErrorsNameFunctions(t *testing.T) {
	subject := &message.Error{Field: message.FieldSubject, Value: "a", Reason: "is bad"}
	reserved := &message.Error{Field: message.FieldHeaders, Value: "To", Reason: "is a reserved field; use", Use: []message.FieldName{message.FieldTo}}
	wanted := &smtp.Error{Op: smtp.OpTLS, Kind: smtp.KindTLS, Err: errors.New("no"), Hint: smtp.HintTrustAuthority}
	const wantedText = "TLS: no (if you trust this authority, add it with SetCAFile)"
	several := errors.Join(wanted, fmt.Errorf("b:25: %w", wanted))
	for _, c := range []struct {
		err  error
		want string
	}{
		{errors.New("Subject: not ours"), "Subject: not ours"},
		{subject, `SetSubject: "a" is bad`},
		{reserved, `AddHeader: "To" is a reserved field; use AddRecipient`},
		{&message.Error{Field: message.FieldSubject, Value: `\x1b`, Reason: "odd\x1b"}, `SetSubject "\x1b": odd\x1b`},
		{fmt.Errorf("mail 3: %w", subject), `mail 3: SetSubject: "a" is bad`},
		{&message.Error{Field: "header field Subject", Reason: "a line is long"}, "header field Subject: a line is long"},
		{&smtp.Error{Op: smtp.OpBody, Kind: smtp.KindLocal, Err: subject}, `body: not sent: SetSubject: "a" is bad`},
		{wanted, wantedText},
		{several, wantedText + `\x0ab:25: ` + wantedText},
		{&smtp.Error{Op: smtp.OpConnect, Kind: smtp.KindDial, Err: hiding{"***" + wanted.Error(), several}}, "connect: ***" + wantedText},
		{&smtp.Error{Op: smtp.OpTLS, Kind: smtp.KindTLS, Hint: "its operator must renew it"}, "TLS: TLS failed (its operator must renew it)"},
	} {
		assert.Equal(t, c.want, textOf(c.err))
		assert.Equal(t, c.want, faultOf(c.err).text)
	}
	assert.Equal(t, message.FieldHeaders, reserved.Field, "the error itself must not change")
	assert.Equal(t, []message.FieldName{message.FieldTo}, reserved.Use)
}

// TestEveryFieldAndHintHasAWord checks that fieldWords and hintWords contain every
// FieldName and every Hint that the packages declare.
func TestEveryFieldAndHintHasAWord(t *testing.T) {
	declared := func(file, kind string) (values []string) {
		src, err := os.ReadFile(filepath.Join("../..", file))
		require.NoError(t, err)
		for _, m := range regexp.MustCompile(`(?m)^\t\w+ +`+kind+` += "(.*)"$`).FindAllStringSubmatch(string(src), -1) {
			values = append(values, m[1])
		}
		require.NotEmpty(t, values)
		return values
	}
	fields := declared("smtp/message/fields.go", "FieldName")
	for _, name := range fields {
		assert.NotEmpty(t, fieldWords()[message.FieldName(name)], name)
	}
	hints := declared("smtp/hints.go", "Hint")
	for _, hint := range hints {
		assert.NotEmpty(t, hintWords()[smtp.Hint(hint)], hint)
	}
	assert.Len(t, fieldWords(), len(fields))
	assert.Len(t, hintWords(), len(hints))
}
