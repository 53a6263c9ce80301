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

// BenchmarkMessage is a whole small mail, made and written.
func BenchmarkMessage(b *testing.B) {
	m := simple()
	m.Lines = []string{strings.Repeat("x", 70), strings.Repeat("y", 70), strings.Repeat(strings.Repeat("z", 70)+"\r\n", 11)}
	b.ReportAllocs()
	for b.Loop() {
		r, err := m.Render(Options{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := r.WriteTo(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDKIMBody(b *testing.B) {
	data := []byte(strings.Repeat("VGhpcyBpcyBhIGxpbmUgb2YgYmFzZTY0LCBhcyBhbiBhdHRhY2htZW50IGhhcyBpdC4gICAgICAg\r\n", 10000))
	r := &relaxedBody{w: io.Discard}
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		r.Write(data)
	}
}
