// SPDX-License-Identifier: MIT

package mailer

import (
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"time"

	"csmtp/smtp"
	"csmtp/smtp/httpmail"
	"csmtp/smtp/message"
	"csmtp/smtp/sasl"
)

// fault is an error in the form in which C sees it: a number, a text, the step in which the
// error occurred, its kind, and the server's reply.
type fault struct {
	number Number
	text   string
	phase  phase
	kind   smtp.Kind
	reply  *smtp.Reply
	passes bool          // whether the same call may succeed later
	wait   time.Duration // how long the service asks clients to wait before they send more mail
	final  bool          // whether a repeated call would send another mail of the batch twice
}

func (f fault) Error() string { return f.text }

// Temporary reports whether the same call can be repeated and may then succeed.
func (f fault) Temporary() bool { return f.passes && !f.final }

// Faultf returns a fault that has no reply.
func Faultf(n Number, format string, args ...any) error {
	f := fault{number: n, text: smtp.Visible(fmt.Sprintf(format, args...)), kind: smtp.KindLocal}
	switch n {
	case undefLogin, undefPassword, loginNotSupported:
		f.phase = phaseAUTH
	case canceled:
		f.kind = smtp.KindCanceled
	case cannotStart: // file descriptors may become available later
		f.passes = true
	}
	return f
}

// faultOf converts any error to a fault.
func faultOf(err error) fault {
	if f, ok := err.(fault); ok {
		return f
	}
	f := fault{number: Internal, text: textOf(err), phase: phaseOf(err), kind: smtp.KindLocal}
	var own fault
	var session *smtp.Error
	var built *message.Error
	var path *fs.PathError
	var refusal *httpmail.Refusal
	var passing interface{ Temporary() bool }
	f.passes = errors.As(err, &passing) && passing.Temporary()
	if errors.As(err, &session) {
		f.kind = session.Kind
	}
	if errors.As(err, &refusal) {
		f.wait = refusal.RetryAfter
	}
	switch {
	case errors.As(err, &own) && own.number == LackOfMemory: // from a read callback
		f.number = LackOfMemory
	case errors.As(err, &session):
		f.number, f.reply = sessionNumber(session), session.Reply
	case errors.As(err, &built):
		f.number = messageNumber(built)
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission), errors.As(err, &path):
		f.number = fileNotExist
	}
	return f
}

// panicFault returns the fault for a recovered panic. The fault contains the text of a
// runtime error. It does not contain any other value, which may contain a secret.
func panicFault(p any) error {
	what := fmt.Sprintf("%T", p)
	if e, ok := p.(runtime.Error); ok {
		what = e.Error()
	}
	return Faultf(Internal, "internal error (%s)%s: please report it", what, panicPlace())
}

// panicPlace returns the line where the panic occurred: the innermost function of this
// library on the stack, and the line in it.
func panicPlace() string {
	pc := make([]uintptr, 32)
	frames := runtime.CallersFrames(pc[:runtime.Callers(4, pc)])
	for {
		f, more := frames.Next()
		if f.Func != nil && (len(f.Function) > 5 && f.Function[:5] == "main." || len(f.Function) > 6 && f.Function[:6] == "csmtp/") {
			return fmt.Sprintf(" in %s, line %d", f.Function, f.Line)
		}
		if !more {
			return ""
		}
	}
}

// refusedAt returns a map from each step to the error number for a negative reply in that step.
func refusedAt() map[smtp.Op]Number {
	return map[smtp.Op]Number{
		smtp.OpResolve:   wsaGethostbyNameAddr,
		smtp.OpConnect:   wsaConnect,
		smtp.OpTLS:       sslProblem,
		smtp.OpGreeting:  serverNotResponding,
		smtp.OpEHLO:      commandEHLO,
		smtp.OpSTARTTLS:  commandEHLOSTARTTLS,
		smtp.OpAUTH:      badLoginPass,
		smtp.OpMAIL:      commandMailFrom,
		smtp.OpRCPT:      commandRcptTo,
		smtp.OpDATA:      commandData,
		smtp.OpBody:      msgBodyError,
		smtp.OpEndOfData: msgBodyError,
		smtp.OpRSET:      undefXYZResponse,
		smtp.OpNOOP:      undefXYZResponse,
		smtp.OpQUIT:      commandQuit,

		httpmail.OpRequest:  msgBodyError,
		httpmail.OpResponse: msgBodyError,
	}
}

// sessionNumber returns CSmtp's error number for an error from package smtp.
func sessionNumber(e *smtp.Error) Number {
	switch e.Kind {
	case smtp.KindResolve:
		return wsaGethostbyNameAddr
	case smtp.KindDial:
		return wsaConnect
	case smtp.KindTimeout:
		if e.Op == smtp.OpResolve || e.Op == smtp.OpConnect {
			return selectTimeout
		}
		return serverNotResponding
	case smtp.KindClosed:
		if e.Op == smtp.OpTLS || e.Op == smtp.OpAUTH && errors.Is(e.Err, smtp.ErrTruncated) {
			return sslProblem
		}
		return connectionClosed
	case smtp.KindTLS:
		return sslProblem
	case smtp.KindCanceled:
		return canceled
	case smtp.KindProtocol:
		return protocolNumber(e)
	case smtp.KindUnsupported:
		return unsupportedNumber(e)
	case smtp.KindLocal:
		return localNumber(e)
	case smtp.KindToken:
		return noToken
	case smtp.KindRefused:
		if errors.Is(e.Err, smtp.ErrTooBig) {
			return msgTooBig
		}
		if e.Op == smtp.OpNOOP && e.Reply.EndsSession() {
			return connectionClosed
		}
		if e.Op == smtp.OpAUTH {
			return authNumber(e)
		}
		if n, ok := refusedAt()[e.Op]; ok {
			return n
		}
	}
	return Internal
}

// authRefused maps each mechanism to the list of the error numbers of class CSmtp for a
// refused login. The index in the list is the number of challenges that the client answered
// before the refusal. If the list has no such index, or CSmtp did not have the mechanism,
// the number is badLoginPass.
var authRefused = map[string][]Number{
	"PLAIN":      {commandAuthPlain},
	"LOGIN":      {commandAuthLogin, undefXYZResponse},
	"CRAM-MD5":   {commandAuthCRAMMD5},
	"DIGEST-MD5": {commandAuthDigestMD5},
}

func authNumber(e *smtp.Error) Number {
	if e.Earlier != nil && e.Mechanism == "PLAIN" {
		return badLoginPass // two mechanisms were refused
	}
	if numbers := authRefused[e.Mechanism]; e.Rounds < len(numbers) {
		return numbers[e.Rounds]
	}
	return badLoginPass
}

func protocolNumber(e *smtp.Error) Number {
	var mechanism *sasl.Error
	switch {
	case errors.As(e.Err, &mechanism) && mechanism.Reason == sasl.BadServerProof:
		return badDigestResponse
	case e.Op == smtp.OpGreeting:
		return serverNotResponding
	case e.Op == smtp.OpAUTH && authRefused[e.Mechanism] != nil && (e.Reply != nil || errors.Is(e.Err, smtp.ErrIncompleteLogin)):
		return authNumber(e) // as CSmtp does
	case e.Op == smtp.OpAUTH && e.Mechanism == "DIGEST-MD5":
		return commandDigestMD5
	case e.Reply != nil && (e.Op == smtp.OpDATA || e.Op == smtp.OpSTARTTLS):
		return refusedAt()[e.Op] // CSmtp treats any unexpected code as a refusal
	}
	return undefXYZResponse
}

func unsupportedNumber(e *smtp.Error) Number {
	switch e.Op {
	case smtp.OpSTARTTLS:
		return startTLSNotSupported
	case smtp.OpAUTH:
		return loginNotSupported
	}
	return notOffered
}

func localNumber(e *smtp.Error) Number {
	var built *message.Error
	switch {
	case errors.Is(e.Err, sasl.ErrNoLogin):
		return undefLogin
	case errors.Is(e.Err, sasl.ErrNoPassword):
		return undefPassword
	case errors.Is(e.Err, sasl.ErrNoToken):
		return noToken
	case errors.Is(e.Err, smtp.ErrTooBig):
		return msgTooBig
	case errors.Is(e.Err, smtp.ErrNoServer):
		return wsaGethostbyNameAddr
	case errors.Is(e.Err, smtp.ErrNoRecipient):
		return undefRecipients
	case errors.As(e.Err, &built):
		return messageNumber(built)
	case e.Op == smtp.OpTLS:
		return sslProblem
	case e.Op == smtp.OpBody, e.Op == httpmail.OpRequest:
		return msgBodyError
	}
	return badInput
}

// messageNumber returns the error number for an error from package message.
func messageNumber(e *message.Error) Number {
	var path *fs.PathError
	switch {
	case errors.Is(e, message.ErrChanged), errors.Is(e, message.ErrReader):
		return msgBodyError
	case errors.Is(e, message.ErrNoSender):
		return undefMailFrom
	case errors.Is(e, message.ErrNoRecipient):
		return undefRecipients
	case errors.As(e.Err, &path), errors.Is(e, message.ErrNotRegular):
		return fileNotExist
	case e.Value != "":
		return badInput
	}
	switch e.Field {
	case message.FieldTo, message.FieldCc, message.FieldBcc:
		return UndefRecipientMail
	}
	return badInput
}
