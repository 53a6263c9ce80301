// SPDX-License-Identifier: MIT
#define BUFFER_SIZE 512
#undef BUFFER_SIZE
#include "CSmtp.h"
static const int theirs = BUFFER_SIZE, seconds = TIME_IN_SEC, megabytes = MSG_SIZE_IN_MB, counter = COUNTER_VALUE;
#undef BUFFER_SIZE
#define BUFFER_SIZE 2048

int main(int, char *argv[])
{
	char buffer[BUFFER_SIZE];
	if (theirs != 10240 || seconds != 180 || megabytes != 25 || counter != 100) return 2;
	if (sizeof(BOUNDARY_TEXT) != 32 || sizeof(buffer) != 2048) return 3;
	snprintf(buffer, sizeof(buffer), "%s", BOUNDARY_TEXT);
	CSmtp mail;
	try {
		mail.SetSMTPServer(argv[1], (unsigned short)atoi(argv[2]));
		mail.SetSenderMail("buffer@test.example");
		mail.AddRecipient("bob@test.example");
		mail.SetSubject("buffer_size");
		mail.AddMsgLine(buffer);
		mail.Send();
	} catch (ECSmtp e) {
		puts(e.GetErrorText().c_str());
		return 1;
	}
	return 0;
}
