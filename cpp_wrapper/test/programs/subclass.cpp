// SPDX-License-Identifier: MIT
#include "CSmtp.h"

class CReportMail : public CSmtp
{
public:
	explicit CReportMail(const char *pszServer) : m_nSent(0)
	{
		SetSMTPServer(pszServer);
		SetSecurityType(NO_SECURITY);
		SetXMailer("Report Mailer 3.1");
		m_bHTML = false;
	}
	virtual ~CReportMail() { AddMsgLine("too late, but harmless"); }

	void Send(const char *pszSubject)
	{
		SetSubject(pszSubject);
		if (GetSecurityType() == USE_TLS) return;
		CSmtp::Send();
		m_nSent++;
	}
	int m_nSent;
};

int main(int, char *argv[])
{
	CReportMail *pReport = new CReportMail("no.such.host.invalid");
	CSmtp *pMail = pReport;
	int nSent = 0;
	try
	{
		pMail->SetSMTPServer(argv[1], (unsigned short)atoi(argv[2]));
		pMail->SetSenderMail("report@test.example");
		pMail->AddRecipient("boss@test.example", "The Boss");
		pReport->Send("subclass");
		nSent = pReport->m_nSent;
	}
	catch(ECSmtp e)
	{
		cout << e.GetErrorText() << endl;
	}
	delete pMail; // through a pointer to the base class, whose destructor is virtual
	return nSent == 1 ? 0 : 1;
}
