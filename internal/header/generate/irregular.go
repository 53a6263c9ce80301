// SPDX-License-Identifier: MIT

package main

import "fmt"

// The tables in this file contain what the generator must know about functions and cannot
// learn from the header.

// The set 'writes' contains the functions that can write to a connection or a file. Such a
// write can raise SIGPIPE, so the gate (package internal/gate) removes a pending SIGPIPE
// after a call to one of these functions.
var writes = set("ConnectRemoteServer", "DisconnectRemoteServer", "Send", "RenderMessage", "SaveMessage",
	"KeepAlive", "CheckToken", "SendRaw", "SendRawFile", "SendBatch", "SendAsync", "Cancel", "SetEventCallback", "PoolSend", "PoolSubmit", "PoolWait", "PoolDrain")

// The set 'anywhere' contains the functions that a callback is allowed to call on the handle
// for which it runs.
var anywhere = set("Cancel")

// The set 'makes' contains the functions that return a new handle.
var makes = set("New", "Clone", "PoolNew")

// The set 'nullable' contains the functions that return NULL, and not "", if there is no
// text.
var nullable = set("GetMsgLineText", "GetExtension", "GetResultRecipient")

// The set aboutMail contains the functions of mailer.Report that report on the last attempt
// to send. The other functions of mailer.Report report on the last call.
var aboutMail = set("GetOutcome", "IsSafeToRetry", "GetQueueID", "GetResultCount", "GetResultRecipient",
	"GetResultAccepted", "GetResultCode", "GetResultEnhancedCode", "GetResultReply")

// The set hasLines contains the parameters whose value can have several lines. Every other
// text is a single line, from which a trailing line end is removed.
var hasLines = set("text", "html", "calendar", "certificate", "key")

// The set ownEntry contains the functions that are written by hand in internal/gate/entries.c.
var ownEntry = set("Free", "GetLastError", "GetLastErrorText")

// The set ownExport contains the functions whose Go export is handwritten: it is in
// exports.go or a file next to it. These functions take callbacks, handles or octets, return a value
// through a pointer, have a special error for NULL, or do not use a mailer.
var ownExport = set(
	"New", "Free", "Clone", "GetVersion", "GetErrorText", "GetLastError", "GetLastErrorText",
	"AddRecipient", "AddCCRecipient", "AddBCCRecipient", "AddFrom",
	"ModMsgLine", "GetMsgLineText", "ConnectRemoteServer", "Send",
	"AddAttachmentData", "AddAttachmentReader", "AddInlineImageData", "RenderMessage",
	"GetPeerCertificate", "GetExtension", "SetTokenCallback", "SetProgressCallback", "SetLogCallback", "SetEventCallback",
	"SendRaw", "SendRawFile", "SendBatch", "SendAsync", "Poll", "Wait", "Cancel",
	"PoolNew", "PoolAddRelay", "PoolSetWeight", "PoolSetSessions", "PoolSetRate", "PoolSetSessionMails", "PoolSetIdle",
	"PoolSetQueue", "PoolSetPause", "PoolSetPatience", "PoolSetJournal", "PoolSetReconcile", "PoolSetCallbacksInWait",
	"PoolSend", "PoolSubmit", "PoolWait", "PoolDrain", "PoolGetCount", "PoolGetQueued", "PoolGetRelayName", "PoolGetRelayError",
)

func set(names ...string) map[string]bool {
	m := map[string]bool{}
	for _, n := range names {
		m[n] = true
	}
	return m
}

// checkTables returns an error if one of these tables contains a name that the header does
// not declare.
func (l *library) checkTables() error {
	for _, table := range []map[string]bool{writes, anywhere, makes, nullable, aboutMail, ownEntry, ownExport} {
		for name := range table {
			if _, ok := l.header.Function(name); !ok {
				return fmt.Errorf("irregular.go names %s, which csmtp_c.h does not declare", name)
			}
		}
	}
	return nil
}
