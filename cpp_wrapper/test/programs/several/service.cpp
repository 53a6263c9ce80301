// SPDX-License-Identifier: MIT
#include "base64.h"
#include "md5.h"
#include "mail.h"

CSmtp spare;

const SMTP_SECURITY_TYPE *Types()
{
	static const SMTP_SECURITY_TYPE *const addresses[] = { &CSmtp::NO_SECURITY, &CSmtp::USE_TLS, &CSmtp::USE_SSL, &CSmtp::DO_NOT_SET };
	static const SMTP_SECURITY_TYPE types[] = { *addresses[0], *addresses[1], *addresses[2] };
	return types;
}

MailService::MailService(const char *server, const char *port)
{
	SetSMTPServer(server, (unsigned short)atoi(port));
	SetSenderMail("service@test.example");
	AddRecipient("bob@test.example");
}

bool MailService::Notify(const char *subject)
{
	try
	{
		SetSubject(subject);
		Send();
	}
	catch(ECSmtp e)
	{
		cout << e.GetErrorText() << endl;
		return false;
	}
	return GetRecipientCount() == 1;
}
