// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A program can define any macros before it includes the headers of class CSmtp, and the
// headers must still compile. csmtp_push.h saves and undefines each macro whose name is an
// identifier in the headers, and csmtp_pop.h restores these macros.

// classHeaders lists the headers that are included between csmtp_push.h and
// csmtp_pop.h.
var classHeaders = []string{"include/csmtp_c.h", "cpp_wrapper/CSmtp.h", "cpp_wrapper/csmtp_core.h", "cpp_wrapper/csmtp_errors.h",
	"cpp_wrapper/csmtp_extensions.h", "cpp_wrapper/csmtp_parts.h", "cpp_wrapper/csmtp_pool.h"}

// oldNames lists the identifiers that csmtp_push.h does not undefine. They are words of the
// preprocessor, names of the C and C++ libraries, and names of the old class CSmtp, which
// a program may replace with macros. A macro whose name is a keyword, such as new, is
// undefined.
var oldNames = set(strings.Fields(`
	AddAttachment AddBCCRecipient AddCCRecipient AddMsgLine AddRecipient ClearMessage ConnectRemoteServer
	DelAttachments DelBCCRecipients DelCCRecipients DelMsgLine DelMsgLines DelRecipients DisconnectRemoteServer
	GetBCCRecipientCount GetCCRecipientCount GetErrorNum GetErrorText GetLocalHostIP GetLocalHostName GetMailFrom
	GetMsgLineText GetMsgLines GetRecipientCount GetReplyTo GetSecurityType GetSenderName GetSubject GetXMailer
	GetXPriority ModMsgLine Send SetCharSet SetLocalHostName SetLogin SetPassword SetReadReceipt SetReplyTo
	SetSMTPServer SetSecurityType SetSenderMail SetSenderName SetSubject SetXMailer SetXPriority m_bHTML
	NO_SECURITY USE_TLS USE_SSL DO_NOT_SET XPRIORITY_HIGH XPRIORITY_NORMAL XPRIORITY_LOW SMTP_SECURITY_TYPE
	define defined include
	std string vector exception exception_ptr errno string strlen memcpy strstr`)...)

var (
	notCode    = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'`)
	directives = regexp.MustCompile(`(?m)^[ \t]*#(?:[^\\\n]|\\\n|\\.)*$`)
	identifier = regexp.MustCompile(`\b[A-Za-z]\w*\b`)
)

// macroNames returns the identifiers in the headers that a program's macros must not
// change.
func macroNames(lib *library) ([]string, error) {
	var names []string
	for _, file := range classHeaders {
		text, err := os.ReadFile(filepath.Join(lib.root, file))
		if err != nil {
			return nil, err
		}
		code := directives.ReplaceAllString(notCode.ReplaceAllString(string(text), " "), "")
		for _, name := range identifier.FindAllString(code, -1) {
			if !oldNames[name] && !strings.Contains(strings.ToLower(name), "csmtp") && !strings.HasSuffix(name, "_t") {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

func pushMacros(lib *library) ([]byte, error) {
	return macroHeader(lib, "csmtp_push.h: saves and undefines the program's macros whose names the headers use.", "#pragma push_macro(\"%[1]s\")\n#undef %[1]s\n")
}

func popMacros(lib *library) ([]byte, error) {
	return macroHeader(lib, "csmtp_pop.h: restores the macros that csmtp_push.h has saved.", "#pragma pop_macro(\"%[1]s\")\n")
}

func macroHeader(lib *library, comment, form string) ([]byte, error) {
	names, err := macroNames(lib)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "// SPDX-License-Identifier: MIT\n//\n// %s\n// %s\n", comment, generated)
	for _, name := range names {
		fmt.Fprintf(&b, form, name)
	}
	return []byte(b.String()), nil
}
