// SPDX-License-Identifier: MIT
#include "CSmtp.h"

int main(int, char *argv[])
{
	CSmtp mail;
	int refused = 0;
	try
	{
		mail.AddMsgLine("zero");
		mail.AddMsgLine("one");
		mail.AddMsgLine("two");
		mail.ModMsgLine(1, "uno");
		mail.ModMsgLine(7, NULL); // changes nothing
		mail.DelMsgLine(0);
		for (unsigned int i = 0; i < mail.GetMsgLines(); i++) cout << mail.GetMsgLineText(i) << "\n";
		if (mail.GetMsgLines() != 2 || string(mail.GetMsgLineText(0)) != "uno") return 2;
		for (unsigned int i = 2; i < 4; i++)
		{
			try { mail.DelMsgLine(i); } catch (ECSmtp e) { refused += e.GetErrorNum() == ECSmtp::OUT_OF_MSG_RANGE; }
			try { mail.ModMsgLine(i, ""); } catch (ECSmtp e) { refused += e.GetErrorNum() == ECSmtp::OUT_OF_MSG_RANGE; }
			try { mail.GetMsgLineText(i); } catch (ECSmtp e) { refused += e.GetErrorNum() == ECSmtp::OUT_OF_MSG_RANGE; }
		}
		if (refused != 6) return 3;
		mail.SetSMTPServer(argv[1], (unsigned short)atoi(argv[2]));
		mail.SetSenderMail("lines@test.example");
		mail.AddRecipient("bob@test.example");
		mail.SetSubject("message_lines");
		mail.Send();
		mail.DelMsgLines();
		if (mail.GetMsgLines() != 0) return 4;
	}
	catch(ECSmtp e)
	{
		cout << "Error: " << e.GetErrorText().c_str() << ".\n";
		return 1;
	}
	return 0;
}
