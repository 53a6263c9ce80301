// SPDX-License-Identifier: MIT
//
// Every value that the program sets ends with a line end, like a line read by fgets.
#include "CSmtp.h"

static const char *Line(const char *text, const char *end, char *room, size_t size) {
	snprintf(room, size, "%s%s", text, end);
	return room;
}

int main(int argc, char *argv[])
{
	if(argc < 3)
		return 2;
	char room[4096];
	CSmtp mail;
	try
	{
		mail.SetSMTPServer(Line(argv[1], "\n", room, sizeof room), (unsigned short)atoi(argv[2]), false);
		mail.SetSubject(Line("fgets", "\r\n", room, sizeof room));
		mail.SetSenderName(Line("Alice", "\n", room, sizeof room));
		mail.SetSenderMail(Line("alice@test.example", "\r\n", room, sizeof room));
		mail.SetReplyTo(Line("reply@test.example", "\n", room, sizeof room));
		mail.SetXMailer(Line("mailer", "\r", room, sizeof room));
		mail.SetLocalHostName(Line("host.test.example", "\n", room, sizeof room));
		mail.SetCharSet(Line("UTF-8", "\n", room, sizeof room));
		mail.AddRecipient(Line("bob@test.example", "\n", room, sizeof room), "Bob\n");
		mail.AddCCRecipient(Line("carol@test.example", "\r\n", room, sizeof room));
		mail.AddBCCRecipient(Line("dave@test.example", "\n\n", room, sizeof room));
		mail.AddAttachment(Line(argv[0], "\n", room, sizeof room));
		mail.AddMsgLine("a line\n");
		if(string(mail.GetSubject()) != "fgets" || string(mail.GetMsgLineText(0)) != "a line\n")
			return 3;
		mail.Send();
		mail.SetSubject("fgets\nX-Evil: yes\n");
		mail.Send();
	}
	catch(ECSmtp e)
	{
		return e.GetErrorNum() == ECSmtp::BAD_INPUT ? 0 : 1;
	}
	return 4;
}
