// SPDX-License-Identifier: MIT
#ifndef MAIL_H
#define MAIL_H
#include "CSmtp.h"

class MailService : private CSmtp
{
public:
	MailService(const char *server, const char *port);
	bool Notify(const char *subject);
	using CSmtp::GetRecipientCount;
};

extern CSmtp spare;
const SMTP_SECURITY_TYPE *Types(); // returns an array of three constants

#endif
