// SPDX-License-Identifier: MIT
#include <thread>
#include <vector>
#include "CSmtp.h"

// One object per thread.
static void Worker(const char *server, int port, int number, int *result)
{
	try {
		CSmtp mail;
		mail.SetSMTPServer(server, port);
		mail.SetSenderMail("worker@test.example");
		mail.AddRecipient("bob@test.example");
		mail.SetSubject("threads");
		char line[64];
		sprintf(line, "worker %d", number);
		mail.AddMsgLine(line);
		mail.Send();
		*result = 0;
	} catch (ECSmtp e) {
		*result = e.GetErrorNum();
	}
}

int main(int, char **argv)
{
	const int count = 4;
	int results[count];
	std::vector<std::thread> threads;
	for (int i = 0; i < count; i++) threads.push_back(std::thread(Worker, argv[1], atoi(argv[2]), i, &results[i]));
	for (size_t i = 0; i < threads.size(); i++) threads[i].join();
	for (int i = 0; i < count; i++)
		if (results[i] != 0) return 1;
	return 0;
}
