// SPDX-License-Identifier: MIT

package mailer

import "sync"

// Number is an ECSmtp error number, named as in include/csmtp_c.h.
type Number int32

const (
	NoError              Number = 0
	wsaConnect           Number = 104
	wsaGethostbyNameAddr Number = 105
	undefMailFrom        Number = 201
	undefRecipients      Number = 203
	undefLogin           Number = 204
	undefPassword        Number = 205
	badDigestResponse    Number = 207
	UndefRecipientMail   Number = 209
	commandMailFrom      Number = 300
	commandEHLO          Number = 301
	commandAuthPlain     Number = 302
	commandAuthLogin     Number = 303
	commandAuthCRAMMD5   Number = 304
	commandAuthDigestMD5 Number = 305
	commandDigestMD5     Number = 306
	commandData          Number = 307
	commandQuit          Number = 308
	commandRcptTo        Number = 309
	msgBodyError         Number = 310
	connectionClosed     Number = 400
	serverNotResponding  Number = 402
	selectTimeout        Number = 403
	fileNotExist         Number = 404
	msgTooBig            Number = 405
	badLoginPass         Number = 406
	undefXYZResponse     Number = 407
	LackOfMemory         Number = 408
	outOfMsgRange        Number = 412
	commandEHLOSTARTTLS  Number = 413
	sslProblem           Number = 414
	startTLSNotSupported Number = 416
	loginNotSupported    Number = 417
	BadHandle            Number = 900
	Forked               Number = 901
	BadArgument          Number = 902
	badInput             Number = 903
	canceled             Number = 904
	busy                 Number = 905
	notOffered           Number = 906
	noToken              Number = 907
	cannotStart          Number = 908
	badConfig            Number = 909
	Internal             Number = 999
)

// sentences returns a map from each number to a text that says what the number means and what to
// check.
var sentences = sync.OnceValue(func() map[Number]string {
	return map[Number]string{
		NoError:              "",
		100:                  "The network could not be initialized.",
		101:                  "The network library of this system is too old.",
		102:                  "Sending to the server failed.",
		103:                  "Receiving from the server failed.",
		wsaConnect:           "Cannot connect to the server: it refused the connection, or it is unreachable. Check the server name and the port.",
		wsaGethostbyNameAddr: "No address was found for the server's name. Check its spelling and the DNS.",
		106:                  "A socket could not be created.",
		107:                  "The name of this computer could not be determined.",
		108:                  "The socket could not be configured.",
		109:                  "Waiting for the server failed.",
		110:                  "This is not an IPv4 address.",
		200:                  "The header of the message is missing.",
		undefMailFrom:        "The sender's address is missing: call SetSenderMail.",
		202:                  "The subject is missing: call SetSubject.",
		undefRecipients:      "There is no recipient: call AddRecipient, AddCCRecipient or AddBCCRecipient.",
		undefLogin:           "No login is set: call SetLogin, or turn authentication off in SetSMTPServer.",
		undefPassword:        "No password is set: call SetPassword.",
		206:                  "The login or the password is wrong.",
		badDigestResponse:    "The server did not prove that it knows the password: perhaps it is not the server that it claims to be.",
		208:                  "The server's name is not valid: check SetSMTPServer.",
		UndefRecipientMail:   "A recipient has no address.",
		commandMailFrom:      "The server refused the sender.",
		commandEHLO:          "The server refused EHLO: check SetLocalHostName.",
		commandAuthPlain:     "The server refused the login and password (PLAIN).",
		commandAuthLogin:     "The server refused to start a login (LOGIN).",
		commandAuthCRAMMD5:   "The server refused to start a login (CRAM-MD5).",
		commandAuthDigestMD5: "The server refused to start a login (DIGEST-MD5).",
		commandDigestMD5:     "The server's DIGEST-MD5 challenge is not valid.",
		commandData:          "The server refused to receive the message (DATA).",
		commandQuit:          "The server refused QUIT.",
		commandRcptTo:        "The server refused a recipient.",
		msgBodyError:         "The server did not accept the message, or the message could not be read to its end.",
		connectionClosed:     "The server closed the connection, or the connection was lost.",
		401:                  "The server is not ready.",
		serverNotResponding:  "The server does not reply, or its greeting says that it is not available.",
		selectTimeout:        "Connecting to the server timed out: does a firewall block the port?",
		fileNotExist:         "A file is missing, cannot be read or written, or is not a regular file: check its path and its permissions.",
		msgTooBig:            "The message is larger than the server accepts: send smaller attachments.",
		badLoginPass:         "The server refused the login: check the login, the password, and whether the account is allowed to use this mechanism.",
		undefXYZResponse:     "The server's reply is not valid or was not expected: is it a mail server?",
		LackOfMemory:         "There is not enough memory.",
		409:                  "The clock of this computer cannot be read.",
		410:                  "The server's reply is empty.",
		411:                  "There is nothing to send.",
		outOfMsgRange:        "The message has no such line.",
		commandEHLOSTARTTLS:  "The server refused STARTTLS.",
		sslProblem:           "TLS failed: check the certificates and the TLS versions of both sides.",
		415:                  "The message could not be sent completely.",
		startTLSNotSupported: "The server does not offer STARTTLS on this port: no login or message was sent. Try USE_SSL with port 465.",
		loginNotSupported:    "The server offers no login mechanism that the settings allow.",
		Forked:               "This process was forked after the library was used, and cannot use the handle or the library.",
		BadHandle:            "The handle is 0, was freed, or never existed: use a handle that has not been freed.",
		BadArgument:          "An argument is NULL, out of range, or unknown.",
		badInput:             "A text in the message or in the settings is not valid.",
		canceled:             "The call was canceled.",
		busy:                 "The handle is busy with another call.",
		notOffered:           "The server does not offer a service extension that the message or the settings require.",
		noToken:              "No access token could be obtained.",
		cannotStart:          "The library could not start in this process: there is not enough address space, or there are not enough threads or file descriptors.",
		badConfig:            "The file named by CSMTP_CONFIG cannot be used.",
		Internal:             "Internal error of the library.",
	}
})

// Sentence returns the fixed text of a number.
func Sentence(n Number) string {
	s, ok := sentences()[n]
	if !ok {
		return "Unknown error number."
	}
	return s
}
