// SPDX-License-Identifier: MIT
#include "CSmtp.h"

// A program in the style of C: buffers, char *, a port from atoi, and numbers instead
// of enumerators.
int main(int argc, char *argv[])
{
	char *server, *sender = (char *)"c@test.example";
	char to[32], subject[100], line[200];
	int port, high = 2, security = 0, i;
	if (argc < 3) return 2;
	server = argv[1];
	port = atoi(argv[2]);
	sprintf(to, "%s@%s", "bob", "test.example");
	sprintf(subject, "%s", "nonconst_char");

	CSmtp *mail = new CSmtp;
	try
	{
		mail->SetSMTPServer(server, port, 0);
		mail->SetSecurityType((enum SMTP_SECURITY_TYPE)security);
		mail->SetXPriority((CSmptXPriority)high);
		mail->SetSenderMail(sender);
		mail->AddRecipient(to, 0);
		mail->SetSubject(subject);
		for (i = 0; i < 3; i++)
		{
			sprintf(line, "line %d", i);
			mail->AddMsgLine(line); // copied immediately
		}
		if (mail->GetXPriority() != 2) return 3;
		mail->Send();
	}
	catch (ECSmtp e)
	{
		printf("%d: %s\n", (int)e.GetErrorNum(), e.GetErrorText().c_str());
		return 1;
	}
	delete mail;
	return 0;
}
