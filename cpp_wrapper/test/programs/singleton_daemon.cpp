// SPDX-License-Identifier: MIT
#include "CSmtp.h"
#include <sys/wait.h>

// A singleton and a static member, constructed before the program becomes a daemon
// and used afterwards.
class Alarm
{
public:
	static Alarm &Instance()
	{
		static Alarm instance;
		return instance;
	}
	void Ring(const char *server, const char *port)
	{
		m_mail.SetSMTPServer(server, (unsigned short)atoi(port));
		m_mail.SetSenderMail("alarm@test.example");
		m_mail.AddRecipient("ops@test.example");
		m_mail.SetSubject("singleton_daemon");
		m_mail.AddMsgLine("Rings in the child.");
		m_mail.Send();
	}
	static CSmtp s_spare;

private:
	Alarm() {}
	CSmtp m_mail;
};
CSmtp Alarm::s_spare;

int main(int, char *argv[])
{
	Alarm &alarm = Alarm::Instance();
	pid_t child = fork();
	if (child < 0) return 2;
	if (child > 0)
	{
		int status = 0;
		waitpid(child, &status, 0);
		return WIFEXITED(status) ? WEXITSTATUS(status) : 3;
	}
	setsid();
	try
	{
		alarm.Ring(argv[1], argv[2]);
		Alarm::s_spare.DelRecipients();
	}
	catch(ECSmtp e)
	{
		fprintf(stderr, "%s\n", e.GetErrorText().c_str());
		return 1;
	}
	return 0;
}
