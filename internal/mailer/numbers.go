// SPDX-License-Identifier: MIT

package mailer

// Number is an ECSmtp number; the names are those of include/csmtp_c.h.
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

// sentences says what each number means and what to look at.
var sentences = map[Number]string{
	NoError:              "",
	100:                  "The network could not be started.",
	101:                  "The network software of this system is too old.",
	102:                  "Sending to the server failed.",
	103:                  "Receiving from the server failed.",
	wsaConnect:           "No connection to the server: it refused, or there is no way to it. Check server name and port.",
	wsaGethostbyNameAddr: "The server's name has no address. Check its spelling and the name service.",
	106:                  "No socket could be made.",
	107:                  "The name of this computer could not be found out.",
	108:                  "The socket could not be set up.",
	109:                  "Waiting for the server failed.",
	110:                  "This is not an IPv4 address.",
	200:                  "The header of the message is missing.",
	undefMailFrom:        "The sender's address is missing: call SetSenderMail.",
	202:                  "The subject is missing: call SetSubject.",
	undefRecipients:      "There is no recipient: call AddRecipient, AddCCRecipient or AddBCCRecipient.",
	undefLogin:           "The server asks for a login and none is set: call SetLogin, or turn authentication off in SetSMTPServer.",
	undefPassword:        "The server asks for a login and no password is set: call SetPassword.",
	206:                  "Login or password is wrong.",
	badDigestResponse:    "The server could not prove that it knows the password: it may not be the server it claims to be.",
	208:                  "The server's name is wrong: check SetSMTPServer.",
	UndefRecipientMail:   "A recipient has no address.",
	commandMailFrom:      "The server refused the sender.",
	commandEHLO:          "The server refused EHLO, the greeting: check SetLocalHostName.",
	commandAuthPlain:     "The server refused login and password (PLAIN).",
	commandAuthLogin:     "The server refused to start a login (LOGIN).",
	commandAuthCRAMMD5:   "The server refused to start a login (CRAM-MD5).",
	commandAuthDigestMD5: "The server refused to start a login (DIGEST-MD5).",
	commandDigestMD5:     "The server's DIGEST-MD5 challenge is wrong.",
	commandData:          "The server refused to take the message (DATA).",
	commandQuit:          "The server did not accept QUIT.",
	commandRcptTo:        "The server refused a recipient.",
	msgBodyError:         "The message was not accepted, or could not be read to its end.",
	connectionClosed:     "The connection was closed by the server, or broke.",
	401:                  "The server is not ready.",
	serverNotResponding:  "The server does not answer, or its greeting says that it is not available.",
	selectTimeout:        "No connection to the server in time: is a firewall in the way?",
	fileNotExist:         "A file is missing, cannot be read, or is no regular file.",
	msgTooBig:            "The message is larger than the server takes.",
	badLoginPass:         "The server refused the login: check login, password, and whether this account may use this way of logging in.",
	undefXYZResponse:     "The server's reply is not understood: is it a mail server?",
	LackOfMemory:         "There is not enough memory.",
	409:                  "The time of this computer cannot be read.",
	410:                  "The server's reply is empty.",
	411:                  "There is nothing to send.",
	outOfMsgRange:        "The message has no such line.",
	commandEHLOSTARTTLS:  "The server refused to start TLS.",
	sslProblem:           "There is no secure connection: certificate, TLS version or handshake.",
	415:                  "The message could not be sent to its end.",
	startTLSNotSupported: "The server offers no STARTTLS on this port: nothing was sent in clear. Try USE_SSL with port 465.",
	loginNotSupported:    "The server offers no way of logging in that is known and allowed here.",
	BadHandle:            "The handle is 0, was freed, or never existed.",
	901:                  "This process was forked after the library was used: take a new handle.",
	BadArgument:          "An argument is NULL, out of range, or unknown.",
	badInput:             "A text cannot stand in a mail.",
	canceled:             "The call was cancelled.",
	busy:                 "The handle is at work.",
	notOffered:           "The server does not offer a service extension that was asked for.",
	noToken:              "No access token could be had.",
	cannotStart:          "The library could not start in this process: too little address space, too few threads or file descriptors.",
	badConfig:            "The file named by CSMTP_CONFIG is wrong.",
	Internal:             "A fault inside the library.",
}

// Sentence gives the fixed text of a number.
func Sentence(n Number) string {
	s, ok := sentences[n]
	if !ok {
		return "Unknown error number."
	}
	return s
}
