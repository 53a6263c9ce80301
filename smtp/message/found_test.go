// SPDX-License-Identifier: MIT

package message

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The check also finds encoded words that only some mail programs decode, encoded words that
// appear only after quotes are removed, encoded words in other charsets, and characters that
// are split between two encoded words.
func TestControlsInUnusualEncodedWords(t *testing.T) {
	for _, evil := range []string{
		"=?utf-8?B?YQ0KWDogeQ?=", "=?utf-8?B?YQ0KWDog eQ==?=", "=?utf-8?B?YQ0KWDog!eQ==?=", "=?utf-8?B?=YQ0KWDogeQ==?=", "=?utf-8?B?YQ==DQpYOiB5?=",
		"=?utf-8?Q?a=0D=0AX:_1=zz?=", "=?utf-8?Q?a=0AX=?=", "=?utf-8?q?a =0Ab?=", "=?utf-8?q?a?b=0Ac?=",
		"=?utf-8*en?Q?a=00b?=", "=?utf-8*en?Q?a=0D=0Ab?=", "=?x-unknown*en?Q?a=0Db?=",
		"=?utf-8?Q?a=0D=0A?= =?utf-8?Q?X:_y?=", "=?utf-8?Q?a=0D=0A?= \t =?iso-8859-1?Q?X:_y?=", "=?utf-8?Q?a=0D=0A?=X: y",
		"=?utf-16be?B?AA==?= =?utf-16BE?B?CgBY?=", "=?utf-16?B?/v8ACgBB?=",
		"=?utf-7?Q?a+AA0ACg-X:_1?=", "=?unicode-1-1-utf-7?B?YStBQTBBQ2ctWDo=?=", "=?utf-7?Q?a=0Ab?=",
		"=?cp500?Q?a=25X?=", "=?IBM037?Q?a=0DX?=", "=?ebcdic-de-at?Q?a=25X?=", "=?ibm-1141?Q?a=25X?=",
		"=?hz-gb-2312?Q?a~=0Ab?=", "=?iso-2022-jp?Q?=1B$B=0D=0AX?=",
		"=?utf-8?B?YQ== =?utf-8?Q?=0D=0Ax?=", "=?utf-8?Q?a b =?utf-8?B?YQ0KWDogeQ==?=",
	} {
		for _, around := range []string{"%", "a %", "a% b", "a =?utf-8?q?b?= %"} {
			value := strings.Replace(around, "%", evil, 1)
			require.GreaterOrEqual(t, hiddenControl(value, false), 0, "%q", value)
			for field, set := range map[string]func(m *Message){
				"Subject":         func(m *Message) { m.Subject = value },
				"To":              func(m *Message) { m.To[0].Name = value },
				"Headers":         func(m *Message) { m.Headers = []Field{{"X-A", value}} },
				"Attachment.Name": func(m *Message) { m.Attachments = []Attachment{{Name: value, Data: []byte("x")}} },
			} {
				m := simple()
				set(m)
				_, err := m.Render(Options{})
				var e *Error
				require.ErrorAs(t, err, &e, "%s %q", field, value)
				require.Equal(t, field, string(e.Field))
			}
		}
	}
	for _, good := range []string{
		"=?iso-2022-kr?B?GyQpQ2EOMjEP?=", "=?iso-2022-jp?B?GyRCJDMkcxsoQg==?=", "=?hz-gb-2312?Q?~{VPND~}?=", "=?big5-hkscs?Q?=a4@?=", "=?cp775?Q?100=25?=",
		"=?utf-16be?B?CgUKBQ==?=", "=?utf-7?Q?Hi_Mom_+Jjo-!?=", "=?utf-8?B?SGVsbG8K?=", "=?utf-8?Q?a=0D=0A?= b", "=?utf-8*de?Q?=C3=BC?=", "=?utf-8?B?w7w?=",
		"=?utf-8?Q?a?= =?utf-8?Q?b=0A?= ", "=?an?encoded?word?=", "1 + 1 =? 2", "=?", "=?=", "=?utf-8?Q?=", "=?utf-8?Q?a=0Db?", "a=?b?q", "=?utf-8?X?=0A?=",
	} {
		require.Equal(t, -1, hiddenControl(good, false), "%q", good)
	}
}

// A control character in an encoded word is found in every field of the finished header.
func TestControlsInWordsOfTheFinishedBlock(t *testing.T) {
	word := "=?us-ascii?Q?a=0D=0AX-Evil?="
	escaped := `"` + strings.ReplaceAll(word, "?", `\?`) + `"`
	for name, set := range map[string]func(m *Message){
		"From":               func(m *Message) { m.From[0].Name = escaped },
		"To":                 func(m *Message) { m.To[0].Name = escaped },
		"Sender":             func(m *Message) { m.Sender = Address{escaped, "s@example.net"} },
		"Reply-To":           func(m *Message) { m.ReplyTo = escaped + " <r@example.net>" },
		"Reply-To ":          func(m *Message) { m.ReplyTo = escaped + ": r@example.net;" },
		"Reply-To (comment)": func(m *Message) { m.ReplyTo = "r@example.net (" + escaped[1:len(escaped)-1] + ")" },
		"Message-ID":         func(m *Message) { m.MessageID = "<" + word + "@b>" },
		"Auto-Submitted":     func(m *Message) { m.AutoSubmitted = "auto-generated; x=" + word },
		"List-Unsubscribe":   func(m *Message) { m.ListUnsubscribe = "https://example.net/" + word },
		"Content-ID":         func(m *Message) { m.Attachments = []Attachment{{Name: "a", Data: []byte("x"), ContentID: word}} },
		"Attachment.Name": func(m *Message) {
			m.Attachments = []Attachment{{Name: `x%5C` + strings.NewReplacer("=", "%3D", "?", "%3F").Replace(word), Data: []byte("x")}}
		},
	} {
		m := simple()
		set(m)
		_, err := m.Render(Options{})
		var e *Error
		require.ErrorAs(t, err, &e, name)
		field, _, _ := strings.Cut(name, " ")
		require.Contains(t, []string{field, "header field " + field}, string(e.Field))
		refusedWell(t, err)
	}
}

func TestSearchForEncodedWordsIsLinear(t *testing.T) {
	for _, piece := range []string{"=?", "=?a", "=?a?q?", "=?a?q? ", "=?a?b?YQ", "=?a?q?=?=", "=?utf-16?b?YQ?= ", "?=", "=?q?q", "=?utf-7?q?++++++?="} {
		text := strings.Repeat(piece, 50_000)
		done := make(chan struct{})
		go func() {
			defer close(done)
			hiddenControl(text, false)
			hiddenControl(text+"?=", false)
		}()
		select {
		case <-done:
		case <-time.After(2 * time.Minute): // a search in linear time takes only seconds
			t.Fatalf("50,000 times %q has no end", piece)
		}
	}
}
