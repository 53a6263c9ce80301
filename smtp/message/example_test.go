// SPDX-License-Identifier: MIT

package message_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"log"
	"strings"
	"time"

	"csmtp/smtp/message"
)

// show prints a message with LF line ends.
func show(r *message.Rendered) {
	var text bytes.Buffer
	if _, err := r.WriteTo(&text); err != nil {
		log.Fatal(err)
	}
	fmt.Print(strings.ReplaceAll(text.String(), "\r\n", "\n"))
}

// A message in UTF-8 to two recipients, one of them in Bcc.
func Example() {
	m := message.Message{
		From:      []message.Address{{Name: "Alice", Mail: "alice@test.example"}},
		To:        []message.Address{{Name: "Jürgen", Mail: "bob@test.example"}},
		Bcc:       []message.Address{{Mail: "carol@test.example"}},
		Subject:   "Größe",
		Lines:     []string{"Hello, Jürgen."},
		Date:      time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC),
		MessageID: "<1@test.example>",
	}
	rendered, err := m.Render(message.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(rendered.EnvelopeFrom(), rendered.Recipients())
	show(rendered)
	// Output:
	// alice@test.example [bob@test.example carol@test.example]
	// Date: Sun, 01 Mar 2026 12:00:00 +0000
	// From: Alice <alice@test.example>
	// To: =?UTF-8?Q?J=C3=BCrgen?= <bob@test.example>
	// Subject: =?UTF-8?B?R3LDtsOfZQ==?=
	// Message-ID: <1@test.example>
	// MIME-Version: 1.0
	// Content-Type: text/plain; charset=UTF-8
	// Content-Transfer-Encoding: quoted-printable
	//
	// Hello, J=C3=BCrgen.
}

// Text and HTML become multipart/alternative; an attachment becomes another part.
func ExampleMessage_Render() {
	m := message.Message{
		From:        []message.Address{{Mail: "alice@test.example"}},
		To:          []message.Address{{Mail: "bob@test.example"}},
		Subject:     "Figures",
		Lines:       []string{"See the table."},
		HTML:        "<p>See the table.</p>",
		Attachments: []message.Attachment{{Name: "table.csv", Data: []byte("year,foos\n2026,3\n")}},
		Date:        time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC),
		MessageID:   "<2@test.example>",
	}
	rendered, err := m.Render(message.Options{Boundary: func() string { return "part" }})
	if err != nil {
		log.Fatal(err)
	}
	show(rendered)
	// Output:
	// Date: Sun, 01 Mar 2026 12:00:00 +0000
	// From: alice@test.example
	// To: bob@test.example
	// Subject: Figures
	// Message-ID: <2@test.example>
	// MIME-Version: 1.0
	// Content-Type: multipart/mixed; boundary="=_part_2"
	//
	// --=_part_2
	// Content-Type: multipart/alternative; boundary="=_part_1"
	//
	// --=_part_1
	// Content-Type: text/plain; charset=US-ASCII
	// Content-Transfer-Encoding: 7bit
	//
	// See the table.
	//
	// --=_part_1
	// Content-Type: text/html; charset=US-ASCII
	// Content-Transfer-Encoding: 7bit
	//
	// <p>See the table.</p>
	//
	// --=_part_1--
	// --=_part_2
	// Content-Type: text/csv; name=table.csv
	// Content-Transfer-Encoding: base64
	// Content-Disposition: attachment; filename=table.csv
	//
	// eWVhcixmb29zCjIwMjYsMwo=
	// --=_part_2--
}

// A DKIM key signs the header and the body.
func ExampleNewDKIMKey() {
	private := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)) // a real key is random
	key, err := message.NewDKIMKey("test.example", "2026", private)
	if err != nil {
		log.Fatal(err)
	}
	m := message.Message{
		From: []message.Address{{Mail: "alice@test.example"}},
		To:   []message.Address{{Mail: "bob@test.example"}},
		DKIM: []*message.DKIMKey{key},
	}
	rendered, err := m.Render(message.Options{})
	if err != nil {
		log.Fatal(err)
	}
	var text bytes.Buffer
	if _, err := rendered.WriteTo(&text); err != nil {
		log.Fatal(err)
	}
	line, _, _ := strings.Cut(text.String(), "\r\n")
	fmt.Println(line)
	// Output: DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed; d=test.example;
}

// A Reader provides the content of an attachment. It is called again for each attempt to
// send the message.
func ExampleAttachment() {
	m := message.Message{
		From: []message.Address{{Mail: "alice@test.example"}},
		To:   []message.Address{{Mail: "bob@test.example"}},
		Attachments: []message.Attachment{{
			Name:   "numbers.txt",
			Reader: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("1, 2, 3\n")), nil },
			Size:   -1,
		}},
	}
	rendered, err := m.Render(message.Options{})
	if err != nil {
		log.Fatal(err)
	}
	for range 2 {
		var text bytes.Buffer
		if _, err := rendered.WriteTo(&text); err != nil {
			log.Fatal(err)
		}
		fmt.Println(strings.Contains(text.String(), "MSwgMiwgMwo="))
	}
	// Output:
	// true
	// true
}

// A text that would add a header field is refused.
func ExampleError() {
	m := message.Message{
		From:    []message.Address{{Mail: "alice@test.example"}},
		To:      []message.Address{{Mail: "bob@test.example"}},
		Subject: "Hello\r\nBcc: mallory@test.example",
	}
	_, err := m.Render(message.Options{})
	var refused *message.Error
	if errors.As(err, &refused) {
		fmt.Println(refused.Reason)
	}
	// Output: has a carriage return at octet 6; remove it
}
