// SPDX-License-Identifier: MIT
//
// Makes each mistake with a new object. If the mistake causes no error, calls Send.
// For each mistake, prints a line with its name, the error number and the error text.
//
//	badinput HOST PORT FOLDER
//
// FOLDER contains "directory" and, on POSIX systems, "secret", which only root may
// read, and "pipe", a named pipe. On Windows, the program itself makes a file that no
// other program may open, and a named pipe.
#if defined(_WIN32)
#include <winsock2.h>
#include <windows.h>
#endif

#include "CSmtp.h"

#include <functional>

static string g_folder;

static string File(const char *name) { return g_folder + "/" + name; }

struct Case {
	const char *name;
	std::function<void(CSmtp &)> mistake;
};

static const string g_huge(1 << 20, 'x');

static const Case cases[] = {
	{"AddRecipient(NULL)", [](CSmtp &m) { m.AddRecipient(NULL); }},
	{"AddCCRecipient(NULL)", [](CSmtp &m) { m.AddCCRecipient(NULL); }},
	{"AddBCCRecipient(NULL)", [](CSmtp &m) { m.AddBCCRecipient(NULL); }},
	{"AddAttachment(NULL)", [](CSmtp &m) { m.AddAttachment(NULL); }},
	{"AddMsgLine(NULL)", [](CSmtp &m) { m.AddMsgLine(NULL); }},
	{"SetSubject(NULL)", [](CSmtp &m) { m.SetSubject(NULL); }},
	{"SetSenderName(NULL)", [](CSmtp &m) { m.SetSenderName(NULL); }},
	{"SetSenderMail(NULL)", [](CSmtp &m) { m.SetSenderMail(NULL); }},
	{"SetReplyTo(NULL)", [](CSmtp &m) { m.SetReplyTo(NULL); }},
	{"SetXMailer(NULL)", [](CSmtp &m) { m.SetXMailer(NULL); }},
	{"SetCharSet(NULL)", [](CSmtp &m) { m.SetCharSet(NULL); }},
	{"SetLogin(NULL)", [](CSmtp &m) { m.SetLogin(NULL); }},
	{"SetPassword(NULL)", [](CSmtp &m) { m.SetPassword(NULL); }},
	{"SetLocalHostName(NULL)", [](CSmtp &m) { m.SetLocalHostName(NULL); }},
	{"SetSMTPServer(NULL)", [](CSmtp &m) { m.SetSMTPServer(NULL); }},
	{"ConnectRemoteServer(NULL)", [](CSmtp &m) { m.ConnectRemoteServer(NULL, 25); }},
	{"GetMsgLineText(0)", [](CSmtp &m) { m.GetMsgLineText(0); }},
	{"DelMsgLine(max)", [](CSmtp &m) { m.DelMsgLine(4294967295u); }},
	{"ModMsgLine(1)", [](CSmtp &m) { m.ModMsgLine(1, "x"); }},
	{"SetSecurityType(77)", [](CSmtp &m) { m.SetSecurityType((SMTP_SECURITY_TYPE)77); }},
	{"SetTimeout(99)", [](CSmtp &m) { m.SetTimeout(99, 1); }},
	{"SetCAFile(missing)", [](CSmtp &m) { m.SetCAFile("/no/such/file.pem"); }},

	{"recipient empty", [](CSmtp &m) { m.AddRecipient(""); }},
	{"recipient without domain", [](CSmtp &m) { m.AddRecipient("a@"); }},
	{"recipient with CRLF", [](CSmtp &m) { m.AddRecipient("a@test.example>\r\nRCPT TO:<evil@test.example"); }},
	{"recipient's name with LF", [](CSmtp &m) { m.AddRecipient("a@test.example", "A\nBcc: evil@test.example"); }},
	{"recipient huge", [](CSmtp &m) { m.AddRecipient((g_huge + "@test.example").c_str()); }},
	{"sender empty", [](CSmtp &m) { m.SetSenderMail(""); }},
	{"sender with CR", [](CSmtp &m) { m.SetSenderMail("a\r@test.example"); }},
	{"sender with space", [](CSmtp &m) { m.SetSenderMail("a b@test.example"); }},
	{"sender huge", [](CSmtp &m) { m.SetSenderMail((g_huge + "@test.example").c_str()); }},
	{"sender's name with CR", [](CSmtp &m) { m.SetSenderName("A\rB"); }},
	{"subject with CRLF", [](CSmtp &m) { m.SetSubject("Hello\r\nBcc: evil@test.example"); }},
	{"mailer with LF", [](CSmtp &m) { m.SetXMailer("A\nX-Evil: yes"); }},
	{"reply-to with CRLF", [](CSmtp &m) { m.SetReplyTo("a@test.example\r\nX-Evil: yes"); }},
	{"local name with CRLF", [](CSmtp &m) { m.SetLocalHostName("a\r\nMAIL FROM:<evil@test.example>"); }},
	{"local name huge", [](CSmtp &m) { m.SetLocalHostName(g_huge.c_str()); }},
	{"charset unknown", [](CSmtp &m) { m.SetCharSet("no-such-charset"); }},
	{"charset with LF", [](CSmtp &m) { m.SetCharSet("utf-8\nX-Evil: yes"); }},
	{"text in no charset", [](CSmtp &m) { m.SetStrict(); m.AddMsgLine("\xff\xfe"); }},
	{"server empty", [](CSmtp &m) { m.SetSMTPServer(""); }},
	{"server huge", [](CSmtp &m) { m.SetSMTPServer(g_huge.c_str(), 25); }},
	{"server with space", [](CSmtp &m) { m.SetSMTPServer("local host", 25); }},
	{"server unknown", [](CSmtp &m) { m.SetSMTPServer("no-such-host.invalid", 25); }},
	{"nobody", [](CSmtp &m) { m.DelRecipients(); }},
	{"attachment empty", [](CSmtp &m) { m.AddAttachment(""); }},
	{"attachment missing", [](CSmtp &m) { m.AddAttachment(File("missing").c_str()); }},
	{"attachment directory", [](CSmtp &m) { m.AddAttachment(File("directory").c_str()); }},
	{"attachment unreadable", [](CSmtp &m) { m.AddAttachment(File("secret").c_str()); }},
#if defined(_WIN32)
	{"attachment pipe", [](CSmtp &m) { m.AddAttachment("\\\\.\\pipe\\csmtp-badinput"); }},
	{"attachment console", [](CSmtp &m) { m.AddAttachment("CON"); }},
	{"attachment null device", [](CSmtp &m) { m.AddAttachment("NUL"); }},
	{"attachment name with a question mark", [](CSmtp &m) { m.AddAttachment(File("what?.txt").c_str()); }},
	{"attachment drive", [](CSmtp &m) { m.AddAttachment("Q:\\missing.txt"); }},
#else
	{"attachment pipe", [](CSmtp &m) { m.AddAttachment(File("pipe").c_str()); }},
#endif
	{"attachment huge name", [](CSmtp &m) { m.AddAttachment(g_huge.c_str()); }},
};

#if defined(_WIN32)
static bool MakeUnreadable()
{
	return CreateFileA(File("secret").c_str(), GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL) != INVALID_HANDLE_VALUE &&
		CreateNamedPipeA("\\\\.\\pipe\\csmtp-badinput", PIPE_ACCESS_DUPLEX, PIPE_WAIT, 5, 64, 64, 0, NULL) != INVALID_HANDLE_VALUE;
}
#else
// Root can read every file, so the program changes to another user. The library has not
// started a thread yet, so seteuid applies to the whole process.
static bool MakeUnreadable() { return geteuid() != 0 || seteuid(65534) == 0; }
#endif

int main(int, char *argv[])
{
	g_folder = argv[3];
	if (!MakeUnreadable()) return 2;
	for (const Case &c : cases) {
		CSmtp mail;
		mail.SetSMTPServer(argv[1], static_cast<unsigned short>(atoi(argv[2])), false);
		mail.SetSenderMail("alice@test.example");
		mail.AddRecipient("bob@test.example");
		try {
			c.mistake(mail);
			mail.Send();
			cout << c.name << "\t0\tsent" << endl;
		} catch (ECSmtp e) {
			cout << c.name << "\t" << e.GetErrorNum() << "\t" << e.GetErrorText().substr(0, 400) << endl;
			if (e.GetOutcome() != CSMTP_NOT_SENT || e.GetReplyCode() != 0 || e.GetErrorText().size() > 2000) return 3;
		}
	}

	// Large valid texts can be sent.
	CSmtp mail;
	try {
		mail.SetSMTPServer(argv[1], static_cast<unsigned short>(atoi(argv[2])), false);
		mail.SetSenderMail("alice@test.example");
		mail.SetSenderName(g_huge.c_str());
		mail.AddRecipient("bob@test.example", g_huge.c_str());
		mail.SetSubject(g_huge.c_str());
		mail.AddMsgLine(g_huge.c_str());
		mail.AddMsgLine("");
		mail.ModMsgLine(99, NULL);
		mail.Send();
		if (g_huge != mail.GetMsgLineText(0) || g_huge != mail.GetSubject()) return 4;
	} catch (ECSmtp e) {
		cout << "large\t" << e.GetErrorNum() << "\t" << e.GetErrorText().substr(0, 400) << endl;
	}
	return 0;
}
