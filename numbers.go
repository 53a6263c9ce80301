// SPDX-License-Identifier: MIT

package main

// number is an ECSmtp number; the names are those of include/csmtp_c.h.
type number int32

const (
	noError              number = 0
	wsaConnect           number = 104
	wsaGethostbyNameAddr number = 105
	undefMailFrom        number = 201
	undefRecipients      number = 203
	undefLogin           number = 204
	undefPassword        number = 205
	badDigestResponse    number = 207
	undefRecipientMail   number = 209
	commandMailFrom      number = 300
	commandEHLO          number = 301
	commandAuthPlain     number = 302
	commandAuthLogin     number = 303
	commandAuthCRAMMD5   number = 304
	commandAuthDigestMD5 number = 305
	commandDigestMD5     number = 306
	commandData          number = 307
	commandQuit          number = 308
	commandRcptTo        number = 309
	msgBodyError         number = 310
	connectionClosed     number = 400
	serverNotResponding  number = 402
	selectTimeout        number = 403
	fileNotExist         number = 404
	msgTooBig            number = 405
	badLoginPass         number = 406
	undefXYZResponse     number = 407
	lackOfMemory         number = 408
	outOfMsgRange        number = 412
	commandEHLOSTARTTLS  number = 413
	sslProblem           number = 414
	startTLSNotSupported number = 416
	loginNotSupported    number = 417
	badHandle            number = 900
	badArgument          number = 902
	badInput             number = 903
	canceled             number = 904
	busy                 number = 905
	notOffered           number = 906
	noToken              number = 907
	cannotStart          number = 908
	badConfig            number = 909
	internal             number = 999
)

// sentences says what each number means and what to look at.
var sentences = map[number]string{
	noError:              "",
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
	undefRecipientMail:   "A recipient has no address.",
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
	lackOfMemory:         "There is not enough memory.",
	409:                  "The time of this computer cannot be read.",
	410:                  "The server's reply is empty.",
	411:                  "There is nothing to send.",
	outOfMsgRange:        "The message has no such line.",
	commandEHLOSTARTTLS:  "The server refused to start TLS.",
	sslProblem:           "There is no secure connection: certificate, TLS version or handshake.",
	415:                  "The message could not be sent to its end.",
	startTLSNotSupported: "The server offers no STARTTLS on this port: nothing was sent in clear. Try USE_SSL with port 465.",
	loginNotSupported:    "The server offers no way of logging in that is known and allowed here.",
	badHandle:            "The handle is 0, was freed, or never existed.",
	901:                  "This process was forked after the library was used: take a new handle.",
	badArgument:          "An argument is NULL, out of range, or unknown.",
	badInput:             "A text cannot stand in a mail.",
	canceled:             "The call was cancelled.",
	busy:                 "The handle is at work.",
	notOffered:           "The server does not offer a service extension that was asked for.",
	noToken:              "No access token could be had.",
	cannotStart:          "The library could not start in this process: too little address space, too few threads or file descriptors.",
	badConfig:            "The file named by CSMTP_CONFIG is wrong.",
	internal:             "A fault inside the library.",
}

// sentence gives the fixed text of a number.
func sentence(n number) string {
	s, ok := sentences[n]
	if !ok {
		return "Unknown error number."
	}
	return s
}
