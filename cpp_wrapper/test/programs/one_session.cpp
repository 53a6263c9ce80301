// SPDX-License-Identifier: MIT
#include "CSmtp.h"

// A program that sends several mails over one session.
int main(int, char *argv[])
{
	const char *names[] = { "bob", "carol", "dan" };
	CSmtp mail;
	try
	{
		mail.SetSenderMail("round@test.example");
		mail.SetSenderName("Round \"Robin\"");
		mail.SetReplyTo("answers@test.example");
		mail.SetSubject("one_session");
		mail.ConnectRemoteServer(argv[1], (unsigned short)atoi(argv[2]), NO_SECURITY, false);
		for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		{
			mail.ClearMessage();
			mail.AddRecipient((string(names[i]) + "@test.example").c_str(), names[i]);
			mail.AddMsgLine((string("Dear ") + names[i] + ",").c_str());
			mail.Send();
		}
		mail.DisconnectRemoteServer();
		mail.DisconnectRemoteServer(); // harmless
	}
	catch(ECSmtp e)
	{
		cout << e.GetErrorText() << endl;
		return 1;
	}
	return 0;
}
