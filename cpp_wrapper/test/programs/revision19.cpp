// SPDX-License-Identifier: MIT
#include "CSmtp.h"

// A program written for revision 1.9: the security types are members of the class, and
// the program opens the session.
static CSmtp::security_type FromName(const std::string &name)
{
	if (name == "tls") return CSmtp::USE_TLS;
	if (name == "ssl") return CSmtp::USE_SSL;
	return CSmtp::NO_SECURITY;
}

int main(int, char *argv[])
{
	bool bError = false;
	try
	{
		CSmtp mail;
		CSmtp::security_type type = FromName("none");
		std::vector<CSmtp::security_type> all;
		all.push_back(CSmtp::NO_SECURITY);
		all.push_back(CSmtp::USE_TLS);
		all.push_back(CSmtp::USE_SSL);
		switch (type)
		{
		case CSmtp::NO_SECURITY: mail.SetSecurityType(all[0]); break;
		case CSmtp::USE_TLS: mail.SetSecurityType(all[1]); break;
		default: mail.SetSecurityType(CSmtp::security_type::USE_SSL); break;
		}
		if (mail.GetSecurityType() != CSmtp::NO_SECURITY) return 2;
		mail.SetSenderMail("nineteen@test.example");
		mail.AddRecipient("bob@test.example");
		mail.SetSubject("revision19");
		mail.AddMsgLine("1.9");
		if (!mail.ConnectRemoteServer(argv[1], atoi(argv[2]))) return 3;
		mail.Send();
		mail.DisconnectRemoteServer();
	}
	catch(ECSmtp e)
	{
		std::cout << "Error: " << e.GetErrorText().c_str() << ".\n";
		bError = true;
	}
	return bError ? 1 : 0;
}
