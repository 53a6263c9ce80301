// SPDX-License-Identifier: MIT
#include "mail.h"
#include "base64.h"

// The old CSmtp.cpp defined these functions, but no header declared them.
extern Command_Entry *FindCommandEntry(SMTP_COMMAND command);
extern bool IsKeywordSupported(const char *response, const char *keyword);
extern unsigned char *CharToUnsignedChar(const char *strIn);

int main(int, char *argv[])
{
	if (FindCommandEntry(command_RCPTTO)->error != ECSmtp::COMMAND_RCPT_TO || FindCommandEntry(command_QUIT)->valid_reply_code != 221) return 2;
	const char *response = "250-test.example\r\n250-AUTH LOGIN CRAM-MD5\r\n250 SIZE 10\r\n";
	if (!IsKeywordSupported(response, "login") || !IsKeywordSupported(response, "CRAM-MD5") || IsKeywordSupported(response, "PLAIN")) return 3;
	unsigned char *copy = CharToUnsignedChar("Man");
	const bool same = base64_encode(copy, 3) == "TWFu";
	delete[] copy;
	if (!same || Types()[1] != SMTP_SECURITY_TYPE::USE_TLS) return 4;

	MailService service(argv[1], argv[2]);
	spare.SetSubject("spare");
	return service.Notify("several") ? 0 : 1;
}
