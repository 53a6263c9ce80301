// SPDX-License-Identifier: MIT
#include "CSmtp.h"

// Small imitations of the types and macros of MFC.
#ifndef TRUE
typedef int BOOL;
typedef unsigned long DWORD;
#define TRUE 1
#define FALSE 0
#endif
typedef const char *LPCTSTR;
#define _T(x) x

class CString
{
public:
	CString(LPCTSTR psz = _T("")) : m_str(psz) {}
	operator LPCTSTR() const { return m_str.c_str(); }
	CString &operator+=(LPCTSTR psz) { m_str += psz; return *this; }
private:
	string m_str;
};

class CMailDlg
{
public:
	CMailDlg(LPCTSTR server, DWORD port) : m_dwPort(port), m_strServer(server), m_strSubject(_T("cstring")) { m_strTo += _T("bob@test.example"); }
	BOOL OnSend()
	{
		CSmtp mail;
		try
		{
			mail.SetSMTPServer(m_strServer, (unsigned short)m_dwPort, FALSE);
			mail.SetSenderMail(CString(_T("dlg@test.example")));
			mail.AddRecipient(m_strTo);
			mail.SetSubject(m_strSubject);
			mail.SetReadReceipt(TRUE);
			mail.m_bHTML = TRUE;
			mail.AddMsgLine(CString("<p>From a dialog.</p>"));
			mail.Send();
		}
		catch (ECSmtp e)
		{
			CString strError(e.GetErrorText().c_str());
			puts(strError);
			return FALSE;
		}
		return TRUE;
	}
private:
	DWORD m_dwPort;
	CString m_strServer, m_strSubject, m_strTo;
};

int main(int, char *argv[])
{
	CMailDlg dlg(argv[1], strtoul(argv[2], NULL, 10));
	return dlg.OnSend() ? 0 : 1;
}
