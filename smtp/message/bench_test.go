// SPDX-License-Identifier: MIT

package message

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

func BenchmarkBase64(b *testing.B) {
	data := make([]byte, 1<<20)
	for i := range data {
		data[i] = byte(i * 31)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if err := writeBase64(io.Discard, data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkQuotedPrintable(b *testing.B) {
	data := []byte(strings.Repeat("Grüße aus Köln und so weiter, mit = und . darin\r\n", 2000))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if err := writeQuoted(io.Discard, data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHeader(b *testing.B) {
	for name, subject := range map[string]string{
		"ASCII":    "A subject of the usual length, without anything else",
		"Latin":    "Ein Betreff in üblicher Länge, mit Umlauten für alle",
		"Japanese": strings.Repeat("件名のエンコード", 10),
	} {
		b.Run(name, func(b *testing.B) {
			var h headerWriter
			b.ReportAllocs()
			for b.Loop() {
				h.buf = h.buf[:0]
				h.unstructured("Subject", subject, utf8Charset)
			}
		})
	}
}

func BenchmarkRecipients(b *testing.B) {
	list := make([]party, 1000)
	for i := range list {
		list[i] = party{entry{mailbox: mailbox{"Recipient Name", fmt.Sprintf("r%d@example.net", i)}}, utf8Charset}
	}
	var h headerWriter
	b.ReportAllocs()
	for b.Loop() {
		h.buf = h.buf[:0]
		h.addressField("To", list)
	}
}

// small returns a mail of about one kilobyte. tests/interop/bench sends the same mail.
func small() *Message {
	m := &Message{
		From:    []Address{{Mail: "sender@bench.example"}},
		To:      []Address{{Mail: "recipient0@bench.example"}},
		Subject: "A mail of about one kilobyte",
	}
	for range 11 {
		m.Lines = append(m.Lines, "All happy families are alike; each unhappy one is so in its way.")
	}
	return m
}

// BenchmarkMessage builds and writes small mails.
func BenchmarkMessage(b *testing.B) {
	full := small()
	full.From[0].Name = "Jörg Sender"
	full.To = append(full.To, Address{"Recipient, the second", "recipient1@bench.example"})
	full.Subject = "Grüße aus Köln"
	full.HTML = "<p>All happy families are alike.</p>"
	full.Attachments = []Attachment{{Name: "data.bin", Data: make([]byte, 1000)}}
	quoted := small()
	for i := range quoted.Lines {
		quoted.Lines[i] = "Alle glücklichen Familien sind einander ähnlich, jede unglückliche nicht."
	}
	for _, c := range []struct {
		name string
		m    *Message
	}{{"Small", small()}, {"Quoted", quoted}, {"Full", full}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.m.MessageID = "" // so that each mail gets a new one
				r, err := c.m.Render(Options{UTF8: true})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := r.WriteTo(io.Discard); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkRaw writes two complete messages: one of a kilobyte and one of a megabyte, each with
// CRLF and with LF line ends.
func BenchmarkRaw(b *testing.B) {
	const header = "Date: Mon, 09 Mar 2026 14:05:07 +0000\r\n" +
		"From: sender@bench.example\r\n" +
		"To: recipient0@bench.example\r\n" +
		"Subject: A mail of about one kilobyte\r\n" +
		"Message-ID: <0123456789abcdef0123456789abcdef@bench.example>\r\n" +
		"MIME-Version: 1.0\r\n" +
		"Content-Type: text/plain; charset=US-ASCII\r\n" +
		"Content-Transfer-Encoding: 7bit\r\n\r\n"
	const line = "All happy families are alike; each unhappy one is so in its way.\r\n"
	for _, c := range []struct{ name, text string }{
		{"CRLF", header + strings.Repeat(line, 11)},
		{"LF", strings.ReplaceAll(header+strings.Repeat(line, 11), "\r", "")},
		{"Big", header + strings.Repeat(line, 16000)},
		{"BigLF", strings.ReplaceAll(header+strings.Repeat(line, 16000), "\r", "")},
	} {
		b.Run(c.name, func(b *testing.B) {
			text := []byte(c.text)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				r, err := NewRaw(text).Render(Options{UTF8: true, EightBit: true})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := r.WriteTo(io.Discard); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDKIMBody(b *testing.B) {
	data := []byte(strings.Repeat("VGhpcyBpcyBhIGxpbmUgb2YgYmFzZTY0LCBhcyBhbiBhdHRhY2htZW50IGhhcyBpdC4gICAgICAg\r\n", 10000))
	r := &relaxedBody{w: io.Discard}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		r.Write(data)
	}
}
