// SPDX-License-Identifier: MIT
#include "CSmtp.h"

static const char *const page[] = {
	"<html><body>",
	"<h1>Prices</h1>",
	"<p>5 \xe2\x82\xac</p>",
	"</body></html>",
};

int main(int, char *argv[])
{
	CSmtp mail;
	bool before = mail.m_bHTML;
	mail.m_bHTML = 1;
	try
	{
		mail.SetSMTPServer(argv[1], (unsigned short)atoi(argv[2]), true);
		mail.SetSenderName("Caf\xc3\xa9");
		mail.SetSenderMail("html@test.example");
		mail.SetCharSet("utf-8");
		mail.SetSubject("html");
		mail.SetXMailer("The Bat! (v3.02) Professional");
		mail.AddRecipient("bob@test.example", "Bob M\xc3\xbcller");
		for (const char *line : page) mail.AddMsgLine(line);
		mail.Send();
	}
	catch(ECSmtp e)
	{
		cout << e.GetErrorText() << endl;
		return 1;
	}
	return before || !mail.m_bHTML ? 2 : 0;
}
