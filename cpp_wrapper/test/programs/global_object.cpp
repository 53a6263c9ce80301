// SPDX-License-Identifier: MIT
#include "CSmtp.h"
#include <iostream>

CSmtp mail; // constructed before main

static void Prepare(const char *server, unsigned short port)
{
	mail.SetSMTPServer(server, port);
	mail.SetSenderName("Night Watch");
	mail.SetSenderMail("watch@test.example");
	mail.SetSubject("global_object");
	mail.AddRecipient("ops@test.example");
	mail.AddMsgLine("All doors are shut.");
}

int main(int, char *argv[])
{
	try
	{
		Prepare(argv[1], (unsigned short)atoi(argv[2]));
		mail.Send();
	}
	catch(ECSmtp e)
	{
		std::cout << "Error: " << e.GetErrorText().c_str() << ".\n";
		return 1;
	}
	return 0;
}
