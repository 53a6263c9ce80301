// SPDX-License-Identifier: MIT

package main

import "fmt"

// What the header does not say of a function stands in this file.

// writes names the functions that may write to a connection or a file, so that
// the gate looks for a SIGPIPE that the call may leave behind.
var writes = set("ConnectRemoteServer", "DisconnectRemoteServer", "Send", "RenderMessage", "SaveMessage",
	"KeepAlive", "SendRaw", "SendRawFile", "SendBatch", "SendAsync", "Cancel")

// anywhere names the functions that a callback may call on its own handle.
var anywhere = set("Cancel")

// makes names the functions that return a new handle.
var makes = set("New", "Clone")

// nullable names the functions whose text is NULL, not "", when there is none.
var nullable = set("GetMsgLineText", "GetExtension", "GetResultRecipient")

// aboutMail names the functions that tell about the last attempt to send; those
// of mailer.Report that are not named tell about the last call.
var aboutMail = set("GetOutcome", "IsSafeToRetry", "GetQueueID", "GetResultCount", "GetResultRecipient",
	"GetResultAccepted", "GetResultCode", "GetResultEnhancedCode", "GetResultReply")

// ownEntry names the functions whose entry is written by hand, in
// internal/gate/entries.c.
var ownEntry = set("Free", "GetLastError", "GetLastErrorText")

// ownExport names the functions whose export is written by hand, in exports.go
// and the files beside it: they take callbacks, handles or octets, return
// through a pointer, have a number of their own for NULL, or use no mailer.
var ownExport = set(
	"New", "Free", "Clone", "GetVersion", "GetErrorText", "GetLastError", "GetLastErrorText",
	"AddRecipient", "AddCCRecipient", "AddBCCRecipient", "AddFrom",
	"ModMsgLine", "GetMsgLineText", "ConnectRemoteServer", "Send",
	"AddAttachmentData", "AddAttachmentReader", "AddInlineImageData", "RenderMessage",
	"GetPeerCertificate", "GetExtension", "SetTokenCallback", "SetProgressCallback", "SetLogCallback",
	"SendRaw", "SendRawFile", "SendBatch", "SendAsync", "Poll", "Wait", "Cancel",
)

func set(names ...string) map[string]bool {
	m := map[string]bool{}
	for _, n := range names {
		m[n] = true
	}
	return m
}

// checkTables reports a name that the header does not have.
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
