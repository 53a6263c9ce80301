// SPDX-License-Identifier: MIT

package critic

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"csmtp/smtp/message"
	"csmtp/tools/csmtp-testserver/internal/eml"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Except for notes, there are no findings about the messages that package message builds.
func TestMessagesOfTheLibrary(t *testing.T) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	key, err := message.NewDKIMKey("test.example", "s", private)
	require.NoError(t, err)
	lookup := func(name string) (string, bool) {
		return "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public), name == "s._domainkey.test.example"
	}
	long := strings.Repeat("Ein langer Betreff über Grüße und Maße, 表 und た. ", 20)
	for name, change := range map[string]func(*message.Message){
		"plain": func(m *message.Message) { m.Lines = []string{"Hello."} },
		"long": func(m *message.Message) {
			m.Lines = []string{long, strings.Repeat("x", 2000), ".", "From me"}
			m.Subject = long
		},
		"names": func(m *message.Message) {
			m.To = []message.Address{{Name: `Müller, "Jörg" (x)`, Mail: "j@test.example"}, {Name: long[:200], Mail: "k@test.example"}}
		},
		"many":  func(m *message.Message) { m.To = many(200); m.Cc = many(50); m.Bcc = many(3) },
		"HTML":  func(m *message.Message) { m.Lines, m.HTML = []string{"Grüße"}, "<p>Grüße</p>" },
		"8-bit": func(m *message.Message) { m.Lines = []string{"Grüße", "\u202eabc"} },
		"Latin-1": func(m *message.Message) {
			m.Charset, m.Subject, m.Lines = "ISO-8859-1", "Gr\xfc\xdfe", []string{"Gr\xfc\xdfe"}
		},
		"ISO-2022-JP": func(m *message.Message) {
			m.Charset, m.Subject, m.Lines = "ISO-2022-JP", "\x1b$B$?\x1b(B", []string{"\x1b$B$?\x1b(B"}
		},
		"replies": func(m *message.Message) {
			m.InReplyTo, m.References, m.ReplyTo = "<1@a.example>", "<1@a.example> <2@a.example>", "Bob <bob@test.example>"
		},
		"list": func(m *message.Message) {
			m.ListUnsubscribe, m.ListUnsubscribeOneClick = "https://test.example/u?x=1, mailto:u@test.example", true
		},
		"receipt": func(m *message.Message) {
			m.ReadReceipt, m.Priority, m.XMailer, m.AutoSubmitted = true, 2, "Prögram", "auto-generated"
		},
		"flowed":   func(m *message.Message) { m.Flowed, m.Lines = true, []string{long} },
		"two From": func(m *message.Message) { m.From = append(m.From, message.Address{Mail: "z@test.example"}) },
		"files": func(m *message.Message) {
			m.Lines = []string{"See the files."}
			for _, name := range []string{"a.txt", "Übersicht 表 (1).pdf", strings.Repeat("ü", 100) + ".bin", `a"b;c.dat`} {
				m.Attachments = append(m.Attachments, message.Attachment{Name: name, Data: bytes.Repeat([]byte{0, 255, '\r', '\n', 'x'}, 500)})
			}
		},
	} {
		for _, o := range []message.Options{{}, {EightBit: true, UTF8: true}} {
			m := message.Message{From: []message.Address{{Name: "Zoë", Mail: "alice@test.example"}}, To: []message.Address{{Name: "Bob", Mail: "bob@test.example"}},
				Subject: "Grüße", Lines: []string{"Hello."}, DKIM: []*message.DKIMKey{key}}
			change(&m)
			rendered, err := m.Render(o)
			require.NoError(t, err, name)
			var raw bytes.Buffer
			_, err = rendered.WriteTo(&raw)
			require.NoError(t, err, name)
			e := &Envelope{}
			if o.EightBit {
				e.Params = []string{"BODY=8BITMIME"}
			}
			for _, f := range Criticise(eml.Parse(raw.Bytes()), Options{Envelope: e, Received: time.Now(), Keys: lookup}) {
				if f.Level != Note {
					t.Errorf("%s: %+v\n%s", name, f, raw.Bytes())
				}
				if strings.HasPrefix(f.ID, "dkim") {
					assert.Equal(t, "dkim-pass", f.ID, name)
				}
			}
		}
	}
}

func many(n int) []message.Address {
	var all []message.Address
	for i := range n {
		all = append(all, message.Address{Name: fmt.Sprintf("Person no. %d", i), Mail: fmt.Sprintf("p%d@test.example", i)})
	}
	return all
}
