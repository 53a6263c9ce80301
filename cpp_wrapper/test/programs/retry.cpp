// SPDX-License-Identifier: MIT
#include "CSmtp.h"

// A program that tries again with the same object. No server listens on the first port.
int main(int, char *argv[])
{
	CSmtp mail;
	mail.SetSenderMail("retry@test.example");
	mail.AddRecipient("bob@test.example");
	mail.SetSubject("retry");
	mail.SetLogin("");
	mail.SetPassword("");
	int tries = 0;
	const unsigned short ports[] = { 1, (unsigned short)atoi(argv[2]) };
	for (;;)
	{
		try
		{
			mail.SetSMTPServer(argv[1], ports[tries], false);
			mail.Send();
			break;
		}
		catch (ECSmtp e)
		{
			if (e.GetErrorNum() != ECSmtp::WSA_CONNECT) { cout << e.GetErrorText() << endl; return 1; }
			if (++tries == 2) return 2;
		}
	}
	return tries == 1 ? 0 : 3;
}
