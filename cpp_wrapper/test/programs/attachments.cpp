// SPDX-License-Identifier: MIT
#include "CSmtp.h"
#include <list>

int main(int, char *argv[])
{
	std::list<std::string> files;
	files.push_back("report.txt");
	files.push_back("./table of figures.csv");
	files.push_back("empty.bin");
	for (std::list<std::string>::const_iterator i = files.begin(); i != files.end(); ++i)
	{
		std::ofstream f(i->c_str(), std::ios::binary);
		if (*i != "empty.bin") f << "1,2,3\n";
	}
	try
	{
		CSmtp mail;
		mail.SetSMTPServer(argv[1], (unsigned short)atoi(argv[2]));
		mail.SetSenderMail("files@test.example");
		mail.AddRecipient("bob@test.example");
		mail.AddCCRecipient("carol@test.example", "Carol");
		mail.AddBCCRecipient("dan@test.example");
		mail.SetSubject("attachments");
		mail.AddMsgLine("See the files.");
		for (std::list<std::string>::const_iterator i = files.begin(); i != files.end(); ++i)
			mail.AddAttachment(i->c_str());
		if (mail.GetRecipientCount() != 1 || mail.GetCCRecipientCount() != 1 || mail.GetBCCRecipientCount() != 1) return 2;
		mail.Send();
	}
	catch(ECSmtp e)
	{
		std::cout << "Error: " << e.GetErrorText().c_str() << ".\n";
		return 1;
	}
	return 0;
}
