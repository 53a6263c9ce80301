// SPDX-License-Identifier: MIT

package message

import (
	"csmtp/smtp/internal/address"
	"math/rand/v2"
	"mime"
	"net/mail"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// cases returns the number of messages that a property test generates: 'short' by default. To
// generate 10,000 messages, run:
//
//	CSMTP_LONG_TESTS=1 go test ./smtp/message
//
// This takes minutes, because Python parses each message.
func cases(short int) int {
	if os.Getenv("CSMTP_LONG_TESTS") != "" {
		return 10000
	}
	return short
}

// randomMessage returns a message with a random subject, and with random names, body
// and attachment.
func randomMessage(r *rand.Rand) *Message {
	m := simple()
	m.Subject = randomText(r, 300)
	m.From[0].Name = randomText(r, 60)
	m.To = []Address{{randomText(r, 200), "a@example.net"}, {"", "b@example.net"}, {randomText(r, 30), "c@example.net"}}
	for _, name := range []*string{&m.From[0].Name, &m.To[0].Name, &m.To[2].Name} {
		if strings.TrimSpace(*name) == "" {
			*name = "" // a blank name counts as no name
		}
	}
	m.Lines = []string{randomText(r, 400), randomText(r, 100), randomText(r, 2000)}
	name := baseName(randomText(r, 250))
	if name == "" {
		name = "x"
	}
	m.Attachments = []Attachment{{Name: name, Data: []byte(m.Subject)}}
	return m
}

// asGiven reports whether the name or subject s can contain encoded words or is quoted. A mail
// program then shows a text that differs from s.
func asGiven(s string) bool { return strings.Contains(s, "=?") || address.IsQuotedString(s) }

func TestRandomMessagesReadBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range cases(2500) {
		m := randomMessage(r)
		o := testOptions()
		o.EightBit = i%3 == 0
		b := rendered(t, m, o)
		checkFolding(t, headerOf(b))
		h, parts := read(t, b)
		subject, err := decoder.DecodeHeader(h.Get("Subject"))
		require.NoError(t, err)
		if !asGiven(m.Subject) {
			require.Equal(t, m.Subject, subject, "case %d: %q", i, field(headerOf(b), "Subject"))
		}
		p := mail.AddressParser{WordDecoder: &decoder}
		for _, f := range []struct {
			name string
			want []Address
		}{{"From", m.From}, {"To", m.To}} {
			list, err := p.ParseList(h.Get(f.name))
			require.NoError(t, err, "case %d: %q", i, h.Get(f.name))
			require.Len(t, list, len(f.want))
			for j, a := range f.want {
				require.Equal(t, a.Mail, list[j].Address)
				if !asGiven(a.Name) {
					require.Equal(t, a.Name, list[j].Name, "case %d: %q", i, h.Get(f.name))
				}
			}
		}
		require.Len(t, parts, 3)
		require.Equal(t, strings.Join(m.Lines, "\r\n")+"\r\n", string(parts[1].body), "case %d", i)
		want := m.Attachments[0]
		require.Equal(t, string(want.Data), string(parts[2].body))
		require.Equal(t, want.Name, parts[2].dparam["filename"], "case %d: %q", i, parts[2].header.Get("Content-Disposition"))
		name, err := (&mime.WordDecoder{}).DecodeHeader(parts[2].params["name"])
		require.NoError(t, err)
		if !asGiven(want.Name) {
			require.Equal(t, want.Name, name, "case %d: %q", i, parts[2].header.Get("Content-Type"))
		}
	}
}

// checkFolding checks that every line that can be folded has at most 78 octets, and that no
// encoded word is too long.
func checkFolding(t testing.TB, header string) {
	t.Helper()
	for line := range strings.SplitSeq(header, "\r\n") {
		_, one, _ := strings.Cut(line, ": ")
		if len(line) > wantedLine && (strings.Contains(one, " ") || len(one) < wantedLine) {
			require.NotContains(t, strings.TrimSpace(line), " ", "could be folded: %q", line)
		}
		if strings.Contains(line, "=?") && strings.Contains(line, "?=") {
			for w := range strings.FieldsSeq(line) {
				if isEncodedWord(strings.Trim(w, `,"`)) {
					require.LessOrEqual(t, len(strings.Trim(w, `,"`)), maxWord, "encoded word too long: %q", line)
				}
			}
		}
	}
}
