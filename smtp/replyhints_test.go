// SPDX-License-Identifier: MIT

package smtp

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func replyHintOf(t *testing.T, op Op, reply string) string {
	t.Helper()
	r, _, err := parse(strings.ReplaceAll(reply, "\n", "\r\n") + "\r\n")
	require.NoError(t, err, reply)
	return string(hint(&Error{Op: op, Kind: KindRefused, Reply: r}, &Session{cfg: &Config{}}))
}

// These replies come from mail providers and from known server programs.
func TestHintsForRepliesOfServers(t *testing.T) {
	for _, c := range []struct {
		op          Op
		reply, want string
	}{
		{OpAUTH, "454 4.7.0 Too many login attempts, please try again later.", "temporarily blocks logins"},
		{OpAUTH, "421 4.7.0 Too many errors, try again later", "temporarily blocks logins"},
		{OpAUTH, "535 5.7.0 (#AUTH005) Too many bad auth attempts.", "temporarily blocks logins"},
		{OpAUTH, "535 5.7.0 Too many failed login attempts", "temporarily blocks logins"},
		{OpAUTH, "454 4.7.0 Temporary authentication failure: Connection lost to authentication server", "temporarily unavailable"},
		{OpAUTH, "535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.", "check the login and password"},
		{OpAUTH, "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy. Contact your administrator.", "security defaults"},
		{OpAUTH, "535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully. Contact your administrator.", "Conditional Access"},
		{OpAUTH, "535 5.7.139 Authentication unsuccessful, account is locked.", "disabled or locked"},
		{OpAUTH, "535 5.7.139 Authentication unsuccessful", "OAuth 2.0"},
		{OpAUTH, "535 5.7.0 Invalid login or password", "login or password is wrong"},
		{OpAUTH, "535 5.7.1 Username and Password not accepted.", "login or password is wrong"},
		{OpAUTH, "535 Incorrect authentication data", "login or password is wrong"},
		{OpAUTH, "535 5.7.8 Error: authentication failed: This user does not have access rights to this service", "not allowed to use SMTP"},
		{OpAUTH, "535 Login Fail. Please enter your authorization code to login. More information in http://service.mail.qq.com/", "application password"},
		{OpAUTH, "535 5.7.0 NEOBHODIM parol prilozheniya https://help.mail.ru/mail/security/protection/external / Application password is REQUIRED", "application password"},
		{OpAUTH, "535 5.7.13 User is disabled", "disabled or locked"},
		{OpAUTH, "535 5.7.8 Password has expired", "password has expired"},
		{OpAUTH, "534-5.7.14 <https://accounts.google.com/signin/continue?sarp=1>\n534 5.7.14 Please log in via your web browser and then try again.", "web browser"},
		{OpAUTH, "534-5.7.9 Application-specific password required.\n534 5.7.9 https://support.google.com/mail/?p=InvalidSecondFactor", "application password"},
		{OpAUTH, "432 4.7.12 A password transition is needed", "PLAIN"},
		{OpAUTH, "504 5.7.4 Unrecognized authentication type", "another one"},
		{OpAUTH, "550 5.7.1 no", "refused the login"},
		{OpMAIL, "550 5.7.1 Client was not authenticated", "requires a login"},
		{OpRCPT, "554 5.7.1 <a@b>: Recipient address rejected: not authenticated", "requires a login"},
		{OpRCPT, "550 Authentication is required for relay", "requires a login"},
		{OpMAIL, "550 Unauthenticated senders not allowed", "requires a login"},
		{OpMAIL, "530 5.7.1 Authentication required", "requires a login"},
		{OpEndOfData, "550-5.7.26 Unauthenticated email from example.com is not accepted due to\n550 5.7.26 domain's DMARC policy.", "SPF, DKIM or DMARC"},
		{OpEndOfData, "550 5.7.60 SMTP; Client does not have permissions to send as this sender", "send mail from that address"},
		{OpEndOfData, "554 5.2.252 SendAsDenied; a@x not allowed to send as b@x; STOREDRV.Submission.Exception:SendAsDeniedException", "send mail from that address"},
		{OpEndOfData, "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied", "send mail from that address"},
		{OpRCPT, "553 5.7.1 <b@x>: Sender address rejected: not owned by user a@x", "send mail from that address"},
		{OpMAIL, "554 Message rejected: Email address is not verified.", "verified"},
		{OpMAIL, "550 5.1.8 <a@nowhere>: Sender address rejected: Domain not found", "sender's domain does not exist"},
		{OpEHLO, "550 5.7.1 Helo command rejected: need fully-qualified hostname", "name in EHLO"},
		{OpEHLO, "501 5.5.4 Invalid domain name", "name in EHLO"},
		{OpEHLO, "550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)", "name in EHLO"},
		{OpRCPT, "504 5.5.2 <pc>: Helo command rejected: need fully-qualified hostname", "name in EHLO"},
		{OpRCPT, "504 5.5.2 <bob>: Recipient address rejected: need fully-qualified address", "needs a domain"},
		{OpRCPT, "550 5.1.1 <relay@x>: Recipient address rejected: User unknown in local recipient table", "check the recipient's address"},
		{OpRCPT, "550 5.1.1 User unknown (relay1.example.com)", "check the recipient's address"},
		{OpRCPT, "550 5.1.1 marble: no such user", "check the recipient's address"},
		{OpRCPT, "550 marble: no such user", "check the recipient's address"},
		{OpRCPT, "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", "check the recipient's address"},
		{OpRCPT, "550 5.7.1 Service unavailable; client host blocked using RBL", "blocks this computer's address"},
		{OpRCPT, "554 5.7.1 listed at rbl.example.net (RBL)", "blocks this computer's address"},
		{OpRCPT, "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain", "without a login"},
		{OpRCPT, "550 5.7.64 TenantAttribution; Relay Access Denied", "without a login"},
		{OpRCPT, "451 4.7.1 Greylisting in action, please come back later", "greylisting"},
		{OpRCPT, "450 4.7.1 <a@b>: Recipient address rejected: Try again later", "greylisting"},
		{OpRCPT, "452 4.2.2 The email account that you tried to reach is over quota", "mailbox is full"},
		{OpRCPT, "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org", "blocks this computer's address"},
		{OpGreeting, "554 5.7.1 No SMTP service here", "server of your mail provider"},
		{OpGreeting, "550 5.7.25 The IP address sending this message does not have a PTR record", "PTR record"},
		{OpGreeting, "421 4.3.2 Service not available", "try again later"},
		{OpMAIL, "550 5.4.5 Daily user sending limit exceeded.", "sending limit"},
		{OpMAIL, "552 5.3.4 Message size exceeds fixed limit", "send smaller attachments"},
		{OpEndOfData, "552 Message size exceeds maximum permitted", "send smaller attachments"},
		{OpEndOfData, "552 5.7.0 This message was blocked because its content presents a potential security issue.", "content"},
		{OpEndOfData, "554 5.7.1 Spam message rejected", "gives the reason"},
		{OpEndOfData, "451 4.3.0 Queue file write error", "try again later"},
		{OpSTARTTLS, "454 4.7.0 TLS not available due to local problem", "use implicit TLS"},
	} {
		assert.Contains(t, replyHintOf(t, c.op, c.reply), c.want, "%s: %s", c.op, c.reply)
	}
}

// The hints for a refused token are not those for a refused password.
func TestHintsForRefusedTokens(t *testing.T) {
	for reply, want := range map[string]string{
		"535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled": "Set-CASMailbox",
		"535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.":                                          "Set-CASMailbox",
		"535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully.":                       "Conditional Access",
		"535 5.7.139 Authentication unsuccessful, account is locked.":                                                                            "disabled or locked",
		"535 5.7.3 Authentication unsuccessful [AM0PR02CA0001.eurprd02.prod.outlook.com]":                                                        "New-ServicePrincipal",
		"535 User is authenticated but not connected.":                                                                                           "New-ServicePrincipal",
		"535-5.7.8 Username and Password not accepted.\n535 5.7.8 https://support.google.com/mail/?p=BadCredentials":                             "check scope and login",
		"535 5.7.8 Too many login attempts, please try again later.":                                                                             "blocks logins",
		"535 no": "check scope and login",
	} {
		r, _, err := parse(strings.ReplaceAll(reply, "\n", "\r\n") + "\r\n")
		require.NoError(t, err, reply)
		got := string(tokenHint(&Error{Op: OpAUTH, Kind: KindRefused, Reply: r}))
		assert.Contains(t, got, want, reply)
		assert.NotContains(t, got, "password is wrong", reply)
	}
}

// Every refusal has a hint, whatever the server writes.
func TestEveryRefusalHasAHint(t *testing.T) {
	words := []string{"relay", "login", "<relay@x>", "5.7.1", "quota", "spam", "Ü", "", "TLS", "helo", "later"}
	for _, op := range []Op{OpGreeting, OpEHLO, OpSTARTTLS, OpAUTH, OpMAIL, OpRCPT, OpDATA, OpBody, OpEndOfData} {
		for code := 400; code < 600; code++ {
			said := []string{words[rand.N(len(words))], words[rand.N(len(words))]}
			r := &Reply{Code: code, Lines: said, Enhanced: EnhancedCode{code / 100, rand.N(8), rand.N(80)}}
			assert.NotEmpty(t, hint(&Error{Op: op, Kind: KindRefused, Reply: r}, &Session{cfg: &Config{}}), "%s: %s", op, r)
		}
	}
}

// The hint does not depend on the words of an address in the reply.
func TestAddressesAreNoReason(t *testing.T) {
	for _, address := range []string{"<relay@example.org>", "spamhaus@example.org", "<quota.greylist@example.org>:"} {
		assert.Equal(t, string(hintRecipient), replyHintOf(t, OpRCPT, "550 5.1.1 "+address+" no such user"), address)
	}
}
