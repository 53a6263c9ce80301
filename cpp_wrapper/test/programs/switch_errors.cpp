// SPDX-License-Identifier: MIT
#include "CSmtp.h"

// Status and Attempt convert an error number to an exit status in three common ways.
static int Status(ECSmtp::CSmtpError error)
{
	switch (error)
	{
	case ECSmtp::CSMTP_NO_ERROR: return 0;
	case ECSmtp::WSA_CONNECT:
	case ECSmtp::WSA_RECV:
	case ECSmtp::WSA_SELECT: return 10;
	case ECSmtp::BAD_LOGIN_PASS:
	case ECSmtp::UNDEF_LOGIN:
	case ECSmtp::UNDEF_PASSWORD: return 11;
	case ECSmtp::COMMAND_RCPT_TO:
	case ECSmtp::UNDEF_RECIPIENTS:
	case ECSmtp::UNDEF_RECIPIENT_MAIL: return 12;
	case ECSmtp::FILE_NOT_EXIST: return 13;
	default: return 20;
	}
}

static int Attempt(CSmtp &mail)
{
	try { mail.Send(); }
	catch (ECSmtp e)
	{
		int number = e.GetErrorNum();
		if (number >= 400 && number < 500 && (int)e.GetErrorNum() == 404) return 13;
		return Status((ECSmtp::CSmtpError)number);
	}
	return 0;
}

int main(int, char *argv[])
{
	CSmtp mail;
	mail.SetSMTPServer(argv[1], (unsigned short)atoi(argv[2]));
	mail.SetSenderMail("switch@test.example");
	mail.SetSubject("switch_errors");
	if (Attempt(mail) != 12) return 1; // no recipient
	mail.AddRecipient("bob@test.example");
	mail.AddAttachment("/no/such/file");
	if (Attempt(mail) != 13) return 2;
	mail.DelAttachments();
	return Attempt(mail);
}
