// SPDX-License-Identifier: MIT
#include "CSmtp.h"

// A program that includes only CSmtp.h and does not write std:: anywhere.
typedef pair<string, string> Person;

int main(int argc, char *argv[])
{
	assert(argc == 3);
	vector<Person> people;
	people.push_back(Person("Bob", "bob@test.example"));
	people.push_back(make_pair(string("Carol"), string("carol@test.example")));

	char host[64];
	memset(host, 0, sizeof(host));
	strncpy(host, argv[1], sizeof(host) - 1);
	if (strlen(host) == 0) { printf("no host\n"); return 2; }
	time_t now = time(NULL);
	struct tm *t = localtime(&now);
	alarm(60);

	ofstream log("only_include.log");
	log << "hour " << t->tm_hour << endl;
	log.close();
	ifstream back("only_include.log");
	string line;
	getline(back, line);

	CSmtp mail;
	try {
		mail.SetSMTPServer(host, (unsigned short)strtol(argv[2], NULL, 10));
		mail.SetSenderMail("mail@test.example");
		mail.SetSubject("only_include");
		for (vector<Person>::iterator it = people.begin(); it != people.end(); ++it)
			mail.AddRecipient(it->second.c_str(), it->first.c_str());
		mail.AddMsgLine(line.c_str());
		mail.Send();
	} catch (ECSmtp e) {
		cout << "Error: " << e.GetErrorText() << "." << endl;
		return 1;
	}
	return 0;
}
