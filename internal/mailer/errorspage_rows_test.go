// SPDX-License-Identifier: MIT

package mailer

import (
	"io"
	"net"

	"csmtp/smtp/smtptest"
)

var (
	users  = map[string]string{"alice@example.com": "s3cret"}
	plain  = &smtptest.MailOptions{Users: users}
	logins = &smtptest.MailOptions{Users: users, Mechanisms: []string{"PLAIN"}}
)

// replying returns the options of a server that sends the given reply at a step.
func replying(step, reply string) *smtptest.MailOptions {
	return &smtptest.MailOptions{Users: users, Mechanisms: []string{"PLAIN"}, Faults: []smtptest.Fault{{Step: step, Do: reply}}}
}

// certified returns the options of a server with the given kind of certificate.
func certified(kind string) *smtptest.MailOptions {
	return &smtptest.MailOptions{Users: users, Certificate: kind}
}

// web replies as a web server does to a request that is not HTTP.
func web(c net.Conn) { io.WriteString(c, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n") }

var mistakes = []mistake{
	{section: "Server and port", title: "No server is set", code: `SetSMTPServer("", 587)`},
	{title: "The host name is misspelled", code: `SetSMTPServer("mail.exmaple.com", 587)`},
	{title: "The server is a URL", code: `SetSMTPServer("ssl://mail.example.com", 465)`},
	{title: "The server has a path", code: `SetSMTPServer("mail.example.com/owa", 587)`},
	{title: "The port is a name", code: `SetSMTPServer("mail.example.com:submission", 587)`},
	{title: "Nothing listens on the port", code: `SetSMTPServer("refused.example.com", 2525)`},
	{title: "It is not a mail server", code: `SetSMTPServer("mail.example.com", 80)`, talk: web},
	{title: "The proxy is not a URL", code: `SetProxy("proxy.example.com:8080")`},
	{title: "The server closes the connection", code: `SetSMTPServer("mail.example.com", 587)`, options: replying("greeting", "close")},
	{title: "The server refuses this computer", code: `SetSMTPServer("mail.example.com", 25)`, options: replying("greeting", "554 5.7.1 Service unavailable; Client host blocked using zen.spamhaus.org")},
	{title: "The EHLO name is refused", code: `SetLocalHostName("localhost")`, options: replying("EHLO", "550 5.7.1 Helo command rejected: need fully-qualified hostname")},
	{section: "TLS", title: "USE_SSL on a port for STARTTLS", code: `SetSMTPServer("mail.example.com", 587); SetSecurityType(USE_SSL)`, options: plain},
	{title: "USE_TLS on a port for implicit TLS", code: `SetSMTPServer("mail.example.com", 465); SetSecurityType(USE_TLS)`, options: plain, tls: true},
	{title: "STARTTLS is not offered", code: `SetSecurityType(USE_TLS)`, options: &smtptest.MailOptions{Users: users, Hide: []string{"STARTTLS"}}},
	{title: "STARTTLS is hidden by a firewall", code: `SetSecurityType(USE_TLS)`, options: &smtptest.MailOptions{Users: users, Hide: []string{"STARTTLS"}, Extra: []string{"XXXXXXXA"}}},
	{title: "The server requires TLS", code: `SetSecurityType(NO_SECURITY); SetSMTPServer("mail.example.com", 587, false)`, options: replying("MAIL", "530 5.7.0 Must issue a STARTTLS command first")},
	{title: "The server speaks only old versions of TLS", code: `SetSecurityType(USE_TLS)`, options: &smtptest.MailOptions{Users: users, NewestTLS: "1.1"}},
	{section: "Certificates", title: "The certificate is self-signed", code: `SetSMTPServer("mail.example.com", 587)`, options: certified("self-signed")},
	{title: "The certificate is from an unknown authority", code: `SetSMTPServer("mail.example.com", 587)`, options: certified("other-ca")},
	{title: "The certificate has expired", code: `SetSMTPServer("mail.example.com", 587)`, options: certified("expired")},
	{title: "The certificate is not yet valid", code: `SetSMTPServer("mail.example.com", 587)`, options: certified("not-yet-valid")},
	{title: "The certificate is for another name", code: `SetSMTPServer("mail.example.com", 587)`, options: certified("wrong-host"), ownName: true},
	{title: "The server is set by its address", code: `SetSMTPServer("127.0.0.1", 587)`, options: certified("wrong-host"), ownName: true},
	{title: "The certificate names no host", code: `SetSMTPServer("mail.example.com", 587)`, options: certified("cn-only")},
	{title: "The key of the certificate is weak", code: `SetSMTPServer("mail.example.com", 587)`, options: certified("weak-key")},
	{title: "The computer has no list of authorities", code: `SetSMTPServer("mail.example.com", 587)`, options: plain, env: "SSL_CERT_FILE=/none SSL_CERT_DIR=/none"},
	{section: "Logins", title: "The password is wrong", code: `SetPassword("secret")`, options: logins},
	{title: "Gmail with the password of the account", code: `SetPassword("s3cret")`, options: replying("AUTH", "535-5.7.8 Username and Password not accepted. For more information, go to\r\n535 5.7.8  https://support.google.com/mail/?p=BadCredentials")},
	{title: "Gmail with two-step verification", code: `SetPassword("s3cret")`, options: replying("AUTH", "534-5.7.9 Application-specific password required. For more information, go to\r\n534 5.7.9  https://support.google.com/mail/?p=InvalidSecondFactor")},
	{title: "Microsoft 365 without SMTP AUTH", code: `SetPassword("s3cret")`, options: replying("AUTH", "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information.")},
	{title: "Microsoft 365 with security defaults", code: `SetPassword("s3cret")`, options: replying("AUTH", "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy. Contact your administrator.")},
	{title: "Too many logins", code: `SetPassword("s3cret")`, options: replying("AUTH", "454 4.7.0 Too many login attempts, please try again later.")},
	{title: "The login is missing", code: `SetLogin("")`, options: logins},
	{title: "The password is missing", code: `SetPassword("")`, options: logins},
	{title: "The server accepts only tokens", code: `SetPassword("s3cret")`, options: &smtptest.MailOptions{Users: users, Mechanisms: []string{"XOAUTH2"}}},
	{title: "The access token has expired", code: `SetAccessToken("ya29.expired")`, options: &smtptest.MailOptions{Users: users, Mechanisms: []string{"XOAUTH2"}}},
	{title: "The token endpoint is a web page", code: `SetOAuth2ClientCredentials("http://127.0.0.1:8080/login", "app", "s3cret", "")`, options: &smtptest.MailOptions{Users: users, Mechanisms: []string{"XOAUTH2"}}, tokens: true},
	{title: "A login is required", code: `SetSMTPServer("mail.example.com", 587, false)`, options: replying("MAIL", "530 5.7.57 Client not authenticated to send mail.")},
	{section: "Senders, recipients and messages", title: "The sender is missing", code: `SetSenderMail("")`},
	{title: "The recipient is missing", code: `DelRecipients()`},
	{title: "The recipient has a name", code: `AddRecipient("Bob <bob@example.org>")`},
	{title: "Two recipients in one call", code: `AddRecipient("bob@example.org; carol@example.org")`},
	{title: "The recipient has a space", code: `AddRecipient("bob@example .org")`},
	{title: "The account is not allowed to use this sender", code: `SetSenderMail("sales@example.com")`, options: replying("MAIL", "553 5.7.1 <sales@example.com>: Sender address rejected: not owned by user alice@example.com")},
	{title: "Relaying is denied", code: `SetSMTPServer("mail.example.com", 587, false)`, options: replying("RCPT", "554 5.7.1 <bob@example.org>: Relay access denied")},
	{title: "The recipient does not exist", code: `AddRecipient("bob@example.org")`, options: replying("RCPT", "550 5.1.1 <bob@example.org>: Recipient address rejected: User unknown in virtual mailbox table")},
	{title: "Greylisting", code: `AddRecipient("bob@example.org")`, options: replying("RCPT", "450 4.2.0 <bob@example.org>: Recipient address rejected: Greylisted, see https://postgrey.example")},
	{title: "The message is too large", code: `AddMsgLine("This message has more than 100 octets.")`, options: &smtptest.MailOptions{Users: users, MaxSize: 100}},
	{title: "The sender's domain does not authorize the server", code: `SetSenderMail("alice@example.org")`, options: replying("end of data", "550 5.7.26 Unauthenticated email from example.org is not accepted due to domain's DMARC policy.")},
	{title: "The charset is unknown", code: `SetCharSet("utf8mb4")`},
	{title: "The subject contains a line end", code: `SetSubject("Hello\r\nBcc: eve@example.net")`},
	{title: "The attachment does not exist", code: `AddAttachment("report.pdf")`},
	{title: "The attachment is a directory", code: `AddAttachment("..")`},
	{title: "The CA file does not exist", code: `SetCAFile("ca.pem")`},
	{title: "The unsubscribe link is too long", code: `SetListUnsubscribe("https://example.com/LONG", true)`},
	{title: "A field has its own function", code: `AddHeader("Subject", "Hello")`},
}
