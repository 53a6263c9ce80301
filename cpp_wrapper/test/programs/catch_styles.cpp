// SPDX-License-Identifier: MIT
#include "CSmtp.h"
#include <stdexcept>

static int g_caught = 0;

static void ByValue(CSmtp &mail)
{
	try { mail.GetMsgLineText(99); }
	catch (ECSmtp e) { if (e.GetErrorNum() == ECSmtp::OUT_OF_MSG_RANGE) g_caught++; }
}
static void ByReference(CSmtp &mail)
{
	try { mail.DelMsgLine(99); }
	catch (ECSmtp &e) { if (e.GetErrorNum() == 412) g_caught++; }
}
static void ByConstReference(CSmtp &mail)
{
	try { mail.ModMsgLine(99, "x"); }
	catch (const ECSmtp &e) { if (!e.GetErrorText().empty()) g_caught++; }
}
static void AsStandard(CSmtp &mail)
{
	try { mail.AddRecipient(NULL); }
	catch (const std::exception &e) { if (strlen(e.what()) > 0) g_caught++; }
}
static void Rethrown(CSmtp &mail)
{
	try {
		try { mail.AddRecipient(0); }
		catch (ECSmtp e) { throw e; }
	}
	catch (ECSmtp e) { if (e.GetErrorNum() == ECSmtp::UNDEF_RECIPIENT_MAIL) g_caught++; }
}
static void ByHand()
{
	try { throw ECSmtp((ECSmtp::CSmtpError)310); }
	catch (ECSmtp e) { if (e.GetErrorNum() == ECSmtp::MSG_BODY_ERROR && e.GetErrorText() == e.what()) g_caught++; }
	try { throw ECSmtp(ECSmtp::TIME_ERROR); }
	catch (...) { g_caught++; }
	const ECSmtp none(ECSmtp::CSMTP_NO_ERROR), converted = ECSmtp::SSL_PROBLEM;
	if (none.GetErrorText().empty() && converted.GetErrorNum() == ECSmtp::SSL_PROBLEM) g_caught++;
}

int main(int, char *argv[])
{
	CSmtp mail;
	ByValue(mail);
	ByReference(mail);
	ByConstReference(mail);
	AsStandard(mail);
	Rethrown(mail);
	ByHand();
	if (g_caught != 8) return 2;
	try
	{
		mail.SetSMTPServer(argv[1], (unsigned short)atoi(argv[2]));
		mail.SetSenderMail("catch@test.example");
		mail.AddRecipient("bob@test.example");
		mail.SetSubject("catch_styles");
		mail.Send(); // after all these errors, the object can still send
	}
	catch (ECSmtp e)
	{
		cout << e.GetErrorText();
		return 1;
	}
	return 0;
}
