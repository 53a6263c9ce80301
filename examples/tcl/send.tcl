# SPDX-License-Identifier: MIT
# tclsh send.tcl SERVER PORT LOGIN PASSWORD CA-FILE: sends a mail over STARTTLS, then
# one that the server refuses. Uses critcl, which compiles the C code at its first call.
# CSMTP_ROOT is the folder that contains include/csmtp_c.h. CSMTP_LIBRARY_DIR is the folder
# of the library.
package require critcl

critcl::cheaders -I$env(CSMTP_ROOT)/include
critcl::clibraries -L$env(CSMTP_LIBRARY_DIR) -lcsmtp
critcl::cflags -Wall
critcl::ccode { #include "csmtp_c.h" }

critcl::cproc New {} long { return (long)CSmtp_New(); }
critcl::cproc Free {long mail} void { CSmtp_Free((CSmtpHandle)mail); }
critcl::cproc Server {long mail char* server int port} int { return CSmtp_SetSMTPServer((CSmtpHandle)mail, server, (unsigned short)port, 1); }
critcl::cproc UseTLS {long mail} int { return CSmtp_SetSecurityType((CSmtpHandle)mail, CSMTP_USE_TLS); }
foreach name {SetCAFile SetLogin SetPassword SetCharSet SetSenderName SetSenderMail SetSubject AddMsgLine SetHTMLBody} {
    critcl::cproc $name {long mail char* text} int "return CSmtp_${name}((CSmtpHandle)mail, text);"
}
foreach name {AddRecipient AddCCRecipient} {
    critcl::cproc $name {long mail char* email char* name} int "return CSmtp_${name}((CSmtpHandle)mail, email, name);"
}
foreach name {DelRecipients DelCCRecipients Send} {
    critcl::cproc $name {long mail} int "return CSmtp_${name}((CSmtpHandle)mail);"
}
critcl::cproc AddData {long mail char* name char* type bytes data} int {
    return CSmtp_AddAttachmentData((CSmtpHandle)mail, name, type, data.s, (size_t)data.len);
}
critcl::cproc LastErrorText {long mail} string {
    const char *text = CSmtp_GetLastErrorText((CSmtpHandle)mail);
    return strcpy(Tcl_Alloc(strlen(text) + 1), text);
}

# Calls one of these functions. If the result is not 0, raises an error whose text contains the
# server's reply.
proc csmtp {name args} {
    set number [$name $::mail {*}$args]
    if {$number} { return -code error -errorcode [list CSMTP $number] "$number: [LastErrorText $::mail]" }
}

lassign $argv server port login password caFile
fconfigure stdout -encoding utf-8
set sent 0
set mail [New]
try {
    csmtp Server $server $port
    csmtp UseTLS
    csmtp SetCAFile $caFile
    csmtp SetLogin $login
    csmtp SetPassword $password

    csmtp SetCharSet UTF-8
    csmtp SetSenderName "Zoë Ångström"
    csmtp SetSenderMail alice@test.example
    csmtp AddRecipient bob@test.example "Jürgen Groß"
    csmtp AddCCRecipient carol@test.example "Łucja Żak"
    csmtp SetSubject "The café's menu, déjà vu"
    csmtp AddMsgLine "Two crêpes and a café au lait: 9 €."
    csmtp AddMsgLine "The menu is attached."
    csmtp SetHTMLBody "<p>Two crêpes and a café au lait: <b>9 €</b>.</p>"
    csmtp AddData menü.txt "text/plain; charset=utf-8" [encoding convertto utf-8 "Crêpe: 3 €\nCafé au lait: 3 €\n"]
    csmtp Send
    set sent 1

    csmtp DelRecipients
    csmtp DelCCRecipients
    csmtp AddRecipient refused@test.example ""
    csmtp Send
} trap CSMTP words {
    puts $words
} finally {
    Free $mail
}
exit [expr {!$sent}]
