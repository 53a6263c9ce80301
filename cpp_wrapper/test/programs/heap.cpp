// SPDX-License-Identifier: MIT
#include <memory>
#include "CSmtp.h"

static bool SendOne(CSmtp *pMail, const char *szSubject)
{
	pMail->SetSubject(szSubject);
	pMail->AddMsgLine("from the heap");
	pMail->Send();
	return true;
}

int main(int, char **argv)
{
	CSmtp *pMail = new CSmtp();
	bool bSent = false;
	try {
		pMail->SetSMTPServer(argv[1], atoi(argv[2]), false);
		pMail->SetSenderMail("heap@test.example");
		pMail->AddRecipient("bob@test.example", "Bob");
		bSent = SendOne(pMail, "heap");
	} catch (ECSmtp &err) {
		fprintf(stderr, "%d %s\n", err.GetErrorNum(), err.GetErrorText().c_str());
	}
	delete pMail;

	std::unique_ptr<CSmtp> unused(new CSmtp);
	std::shared_ptr<CSmtp> shared = std::make_shared<CSmtp>();
	CSmtp *several = new CSmtp[3];
	delete[] several;
	return bSent ? 0 : 1;
}
