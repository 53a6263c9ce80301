// SPDX-License-Identifier: MIT
#include "CSmtp.h"
#include <string>
#include <vector>

// A class with a CSmtp object as a member. A container copies objects of this class.
class Account
{
public:
	Account(const std::string &name, const char *server, int port) : m_name(name)
	{
		m_mail.SetSMTPServer(server, static_cast<unsigned short>(port));
		m_mail.SetSenderMail((name + "@test.example").c_str());
		m_mail.AddRecipient("bob@test.example");
		m_mail.AddMsgLine("one line before the copy");
	}
	void Report(const char *subject)
	{
		m_mail.SetSubject(subject);
		m_mail.AddMsgLine(("sent for " + m_name).c_str());
		m_mail.Send();
	}
	unsigned int Lines() const { return m_mail.GetMsgLines(); }

private:
	std::string m_name;
	CSmtp m_mail;
};

static Account Make(const char *name, const char *server, int port)
{
	Account a(name, server, port);
	return a;
}

int main(int, char **argv)
{
	try {
		std::vector<Account> accounts;
		accounts.push_back(Make("alice", argv[1], atoi(argv[2])));
		accounts.push_back(Make("carol", argv[1], atoi(argv[2])));
		Account copy = accounts[0];
		copy.Report("member_copied");
		if (copy.Lines() != 2 || accounts[0].Lines() != 1) return 2; // a copy is independent
		copy = accounts[1];
		copy.Report("member_copied");
		accounts.erase(accounts.begin());
		accounts[0].Report("member_copied");
	} catch (const ECSmtp &e) {
		std::cerr << e.GetErrorText() << std::endl;
		return 1;
	}
	return 0;
}
