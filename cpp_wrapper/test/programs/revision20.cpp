// SPDX-License-Identifier: MIT
#include "CSmtp.h"

// A program written for revisions 2.x. It calls ConnectRemoteServer and SetSMTPServer
// with different numbers of arguments.
static void Message(CSmtp &mail)
{
	mail.ClearMessage();
	mail.AddRecipient("bob@test.example");
	mail.AddMsgLine("2.x");
	mail.Send();
	mail.DisconnectRemoteServer();
}

int main(int, char *argv[])
{
	const char *server = argv[1];
	const unsigned short port = (unsigned short)atoi(argv[2]);
	try
	{
		CSmtp mail;
		mail.SetSenderMail("two@test.example");
		mail.SetSubject("revision20");
		mail.SetLocalHostName("client.test.example");
		mail.SetCharSet("ISO-8859-1");
		mail.SetReadReceipt();
		mail.SetReadReceipt(false);
		mail.SetSMTPServer(server);
		mail.SetSMTPServer(server, port);
		mail.SetSMTPServer(server, port, true);

		mail.ConnectRemoteServer(server, port);
		Message(mail);
		mail.ConnectRemoteServer(server, port, DO_NOT_SET);
		Message(mail);
		mail.ConnectRemoteServer(server, port, NO_SECURITY, false);
		Message(mail);
		mail.ConnectRemoteServer(server, port, SMTP_SECURITY_TYPE::NO_SECURITY, true, "login");
		Message(mail);
		mail.ConnectRemoteServer(server, port, SMTP_SECURITY_TYPE::DO_NOT_SET, true, "login", "password");
		Message(mail);
		if (mail.GetSecurityType() != NO_SECURITY || strcmp(mail.GetLocalHostName(), "client.test.example") != 0) return 2;
	}
	catch(ECSmtp e)
	{
		std::cout << "Error: " << e.GetErrorText().c_str() << ".\n";
		return 1;
	}
	return 0;
}
