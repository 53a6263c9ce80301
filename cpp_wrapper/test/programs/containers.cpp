// SPDX-License-Identifier: MIT
#include <map>
#include <deque>
#include "CSmtp.h"

static CSmtp Configured(const char *server, const char *port)
{
	CSmtp mail;
	mail.SetSMTPServer(server, (unsigned short)atoi(port));
	mail.SetSubject("containers");
	mail.SetSenderMail("box@test.example");
	return mail;
}

struct Job
{
	CSmtp mail;
	int priority;
};

int main(int, char *argv[])
{
	try
	{
		std::map<std::string, CSmtp> byName;
		byName["first"] = Configured(argv[1], argv[2]);
		byName["second"]; // created and never used

		std::deque<Job> jobs;
		for (int i = 0; i < 2; i++)
		{
			Job job = { byName["first"], i };
			job.mail.AddRecipient("bob@test.example");
			job.mail.SetXPriority(i == 0 ? XPRIORITY_HIGH : XPRIORITY_LOW);
			jobs.push_back(job);
		}
		std::swap(jobs[0], jobs[1]);
		while (!jobs.empty())
		{
			Job job = jobs.front();
			jobs.pop_front();
			job.mail.Send();
		}
		if (byName["first"].GetRecipientCount() != 0) return 2;
	}
	catch (ECSmtp &e)
	{
		cout << e.GetErrorText() << endl;
		return 1;
	}
	return 0;
}
