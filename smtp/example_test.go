// SPDX-License-Identifier: MIT

package smtp_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"csmtp/smtp"
	"csmtp/smtp/message"
	"csmtp/smtp/smtptest"
)

// startServer starts a mail server with the given faults.
func startServer(faults ...string) *smtptest.MailServer {
	options := smtptest.MailOptions{}
	for _, text := range faults {
		fault, err := smtptest.ParseFault(text)
		if err != nil {
			log.Fatal(err)
		}
		options.Faults = append(options.Faults, fault)
	}
	server, err := smtptest.NewMailServer(options)
	if err != nil {
		log.Fatal(err)
	}
	return server
}

// dial connects to the server without TLS and without a login.
func dial(server *smtptest.MailServer) *smtp.Session {
	session, err := smtp.Dial(context.Background(), &smtp.Config{
		Servers:   []smtp.Server{{Host: "127.0.0.1", Port: server.Port()}},
		Security:  smtp.NoSecurity,
		LocalName: "client.test.example",
	})
	if err != nil {
		log.Fatal(err)
	}
	return session
}

// mail returns a small message.
func mail() *message.Rendered {
	m := message.Message{
		From:    []message.Address{{Mail: "alice@test.example"}},
		To:      []message.Address{{Mail: "bob@test.example"}, {Mail: "carol@test.example"}},
		Subject: "A subject",
		Lines:   []string{"Hello."},
	}
	rendered, err := m.Render(message.Options{})
	if err != nil {
		log.Fatal(err)
	}
	return rendered
}

// A session with TLS and a login.
func Example() {
	server := startServer()
	defer server.Close()

	config := smtp.Config{
		Servers:   []smtp.Server{{Host: "localhost", Port: server.Port()}},
		Security:  smtp.STARTTLS,
		LocalName: "client.test.example",
		Auth:      &smtp.Auth{Required: true},
		Timeouts:  smtp.Timeouts{Connect: 10 * time.Second},
	}
	config.TLS.RootCAs = smtptest.Authority().Pool()
	config.Auth.Login = "alice@test.example"
	config.Auth.Password = "s3cret pass"

	session, err := smtp.Dial(context.Background(), &config)
	if err != nil {
		log.Fatal(err)
	}
	text := mail()
	envelope := smtp.Envelope{From: text.EnvelopeFrom()}
	for _, address := range text.Recipients() {
		envelope.Recipients = append(envelope.Recipients, smtp.Recipient{Address: address})
	}
	result, err := session.Send(&envelope, text)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Outcome)
	if err := session.Quit(); err != nil {
		log.Fatal(err)
	}
	// Output: accepted
}

// With Partial, a mail goes to the recipients that the server accepts.
func ExampleSession_Send_partial() {
	server := startServer("RCPT#2: 550 5.1.1 No such user")
	defer server.Close()
	session := dial(server)
	defer session.Close()

	envelope := smtp.Envelope{
		From:       "alice@test.example",
		Recipients: []smtp.Recipient{{Address: "bob@test.example"}, {Address: "carol@test.example"}},
		Partial:    true,
	}
	result, err := session.Send(&envelope, mail())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Outcome)
	for _, r := range result.Recipients {
		fmt.Println(r.Address, r.Accepted, r.Reply.Code)
	}
	// Output:
	// accepted for some recipients
	// bob@test.example true 250
	// carol@test.example false 550
}

// The fields of an error help to decide what to do next.
func ExampleError() {
	server := startServer("RCPT#1: 450 4.2.1 Mailbox busy")
	defer server.Close()
	session := dial(server)
	defer session.Close()

	envelope := smtp.Envelope{From: "alice@test.example", Recipients: []smtp.Recipient{{Address: "bob@test.example"}}}
	result, err := session.Send(&envelope, mail())
	var failure *smtp.Error
	if errors.As(err, &failure) {
		fmt.Println(failure.Op, failure.Recipient, failure.Reply)
		fmt.Println("temporary:", failure.Temporary())
	}
	fmt.Println("safe to retry:", result.SafeToRetry(err))
	// Output:
	// RCPT bob@test.example 450 4.2.1 Mailbox busy
	// temporary: true
	// safe to retry: true
}

// The mails of a batch are sent one after the other in one session. Each has its own
// result.
func ExampleSession_SendBatch() {
	server := startServer("RCPT#2: 550 5.1.1 No such user")
	defer server.Close()
	session := dial(server)
	defer session.Close()

	var mails []smtp.Mail
	for _, address := range []string{"bob@test.example", "nobody@test.example", "carol@test.example"} {
		envelope := smtp.Envelope{From: "alice@test.example", Recipients: []smtp.Recipient{{Address: address}}}
		mails = append(mails, smtp.Mail{Envelope: &envelope, Message: mail()})
	}
	for _, delivery := range session.SendBatch(mails) {
		fmt.Println(delivery.Outcome)
	}
	// Output:
	// accepted
	// rejected
	// accepted
}

// Only sessions that the server has not ended are used again.
func ExampleIsStale() {
	server := startServer("MAIL#2: 421 4.3.2 Shutting down")
	defer server.Close()
	session := dial(server)

	envelope := smtp.Envelope{From: "alice@test.example", Recipients: []smtp.Recipient{{Address: "bob@test.example"}}}
	for range 2 {
		result, err := session.Send(&envelope, mail())
		if smtp.IsStale(err) { // nothing was sent
			session.Close()
			session = dial(server)
			result, err = session.Send(&envelope, mail())
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(result.Outcome)
	}
	if err := session.Quit(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// accepted
	// accepted
}
