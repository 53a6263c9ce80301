// SPDX-License-Identifier: MIT
//
// A DLL that uses the library. Its global CSmtp object sends mails from an exported
// function. In DllMain, and in a constructor of a global object of the DLL, each call
// fails with CSMTP_CANNOT_START.
#include <winsock2.h>
#include <windows.h>

#include "CSmtp.h"

static CSmtp mail;
static int refusals;

static bool refused(CSmtpHandle h)
{
	const bool cannot = CSmtp_New() == 0 && CSmtp_GetLastError(0) == CSMTP_CANNOT_START &&
		strstr(CSmtp_GetLastErrorText(0), "DllMain") != NULL;
	CSmtp_Free(h);
	return cannot && (h == 0 || CSmtp_SetSubject(h, "refused") == CSMTP_CANNOT_START);
}

static struct Early {
	Early() { refusals += refused(0); }
} early;

static CSmtpHandle kept;

BOOL WINAPI DllMain(HINSTANCE, DWORD reason, LPVOID)
{
	if (reason == DLL_PROCESS_ATTACH) refusals += refused(0);
	if (reason == DLL_PROCESS_DETACH) refused(kept);
	return TRUE;
}

// Sends 'count' mails. Returns 0, or the error number if a mail could not be sent.
extern "C" __declspec(dllexport) int plugInSend(const char *host, int port, int count)
{
	if (refusals != 2) return -1;
	if (kept == 0) kept = CSmtp_New();
	try {
		mail.SetSMTPServer(host, static_cast<unsigned short>(port), false);
		mail.SetSenderMail("alice@test.example");
		mail.AddRecipient("bob@test.example");
		mail.AddMsgLine("from a DLL");
		for (int i = 0; i < count; i++) mail.Send();
		return kept == 0 ? -2 : 0;
	} catch (const ECSmtp &e) {
		return e.GetErrorNum();
	}
}
