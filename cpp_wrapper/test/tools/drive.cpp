// SPDX-License-Identifier: MIT
//
// Executes the commands with one CSmtp object, and prints a line for each: the
// command, the error number and the error text.
//
//	drive HOST PORT none|tls|ssl LOGIN PASSWORD COMMAND...
#include "CSmtp.h"

static void Do(CSmtp &mail, const string &command, char *argv[])
{
	const unsigned short port = static_cast<unsigned short>(atoi(argv[2]));
	if (command == "connect") mail.ConnectRemoteServer(argv[1], port);
	else if (command == "send") mail.Send();
	else if (command == "disconnect") mail.DisconnectRemoteServer();
	else if (command == "copy") { CSmtp copy(mail); mail = copy; }
	else if (command == "move") { CSmtp moved(std::move(mail)); mail = std::move(moved); }
	else if (command == "wrong-password") mail.SetPassword("wrong");
	else if (command == "right-password") mail.SetPassword(argv[5]);
	else if (command == "wrong-port") mail.SetSMTPServer(argv[1], 1);
	else if (command == "right-port") mail.SetSMTPServer(argv[1], port);
	else if (command == "wrong-host") mail.SetSMTPServer("no-such-host.invalid", port);
	else if (command == "missing-file") mail.AddAttachment("no-such-file");
	else if (command == "no-files") mail.DelAttachments();
	else if (command == "no-sender") mail.SetSenderMail("");
	else if (command == "sender") mail.SetSenderMail("alice@test.example");
	else if (command == "nobody") mail.DelRecipients();
	else if (command == "bob") mail.AddRecipient("bob@test.example");
	else throw std::invalid_argument(command);
}

int main(int argc, char *argv[])
{
	if (argc < 6) return 2;
	const string security = argv[3];
	CSmtp mail;
	mail.SetSMTPServer(argv[1], static_cast<unsigned short>(atoi(argv[2])));
	mail.SetSecurityType(security == "tls" ? USE_TLS : security == "ssl" ? USE_SSL : NO_SECURITY);
	mail.SetLogin(argv[4]);
	mail.SetPassword(argv[5]);
	mail.SetSenderMail("alice@test.example");
	mail.AddRecipient("bob@test.example");
	mail.AddMsgLine("driven");
	for (int i = 6; i < argc; i++) {
		try {
			Do(mail, argv[i], argv);
			cout << argv[i] << " 0" << endl;
		} catch (ECSmtp e) {
			cout << argv[i] << " " << e.GetErrorNum() << " " << e.GetErrorText() << endl;
		}
	}
	return 0;
}
