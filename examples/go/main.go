// SPDX-License-Identifier: MIT

// Command go SERVER PORT LOGIN PASSWORD CA-FILE sends a mail over STARTTLS, then one
// that the server refuses. It uses package smtp, without C.
package main

import (
	"context"
	"crypto/x509"
	"fmt"
	"os"
	"strconv"

	"csmtp/smtp"
	"csmtp/smtp/message"
	"csmtp/smtp/sasl"
)

func main() {
	if len(os.Args) != 6 {
		fmt.Fprintln(os.Stderr, "usage: go SERVER PORT LOGIN PASSWORD CA-FILE")
		os.Exit(2)
	}
	if err := run(os.Args[1:]); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func run(args []string) error {
	port, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	authority, err := os.ReadFile(args[4])
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	cfg := &smtp.Config{
		Servers:  []smtp.Server{{Host: args[0], Port: port}},
		Security: smtp.STARTTLS,
		TLS:      smtp.TLSConfig{RootCAs: roots},
		Auth:     &smtp.Auth{Credentials: sasl.Credentials{Login: args[2], Password: args[3]}},
	}

	mail := &message.Message{
		Charset:  "UTF-8",
		From:     []message.Address{{Name: "Zoë Ångström", Mail: "alice@test.example"}},
		To:       []message.Address{{Name: "Jürgen Groß", Mail: "bob@test.example"}},
		Cc:       []message.Address{{Name: "Łucja Żak", Mail: "carol@test.example"}},
		Subject:  "The café's menu, déjà vu",
		Priority: 3,
		Lines:    []string{"Two crêpes and a café au lait: 9 €.", "The menu is attached."},
		HTML:     "<p>Two crêpes and a café au lait: <b>9 €</b>.</p>",
		Attachments: []message.Attachment{{
			Name:        "menü.txt",
			ContentType: "text/plain; charset=utf-8",
			Data:        []byte("Crêpe: 3 €\nCafé au lait: 3 €\n"),
		}},
	}
	if err := send(cfg, mail); err != nil {
		return err
	}

	mail.To, mail.Cc = []message.Address{{Mail: "refused@test.example"}}, nil
	fmt.Println(send(cfg, mail)) // the error contains the server's reply
	return nil
}

func send(cfg *smtp.Config, mail *message.Message) error {
	built, err := mail.Render(message.Options{UTF8: true})
	if err != nil {
		return err
	}
	session, err := smtp.Dial(context.Background(), cfg)
	if err != nil {
		return err
	}
	defer session.Quit()
	envelope := &smtp.Envelope{From: built.EnvelopeFrom(), SMTPUTF8: built.NeedsSMTPUTF8()}
	for _, address := range built.Recipients() {
		envelope.Recipients = append(envelope.Recipients, smtp.Recipient{Address: address})
	}
	_, err = session.Send(envelope, built)
	return err
}
