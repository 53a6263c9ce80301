// SPDX-License-Identifier: MIT
#ifndef LINUX
#define LINUX
#endif
#include "CSmtp.h"

// A program that opens its own sockets, and uses the names that the Linux version of
// the old header defined.
static SOCKET Listen()
{
	SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
	if (s == INVALID_SOCKET) return INVALID_SOCKET;
	SOCKADDR_IN address;
	memset(&address, 0, sizeof(address));
	address.sin_family = AF_INET;
	address.sin_addr.s_addr = inet_addr("127.0.0.1");
	WORD port = 0;
	address.sin_port = htons(port);
	if (bind(s, (LPSOCKADDR)&address, sizeof(address)) == SOCKET_ERROR) return INVALID_SOCKET;
	return s;
}

int main(int, char *argv[])
{
	SOCKET s = Listen();
	if (s == INVALID_SOCKET) return 2;
	unsigned long on = 1;
	ioctl(s, FIONBIO, &on);
	close(s);
	LPSERVENT service = getservbyname("smtp", "tcp");
	LPHOSTENT host = NULL;
	LPIN_ADDR in = NULL;
	(void)service;
	(void)host;
	(void)in;
	if (_strnicmp("STARTTLS", "starttls now", 8) != 0) return 3;
#ifndef HAVE__STRNICMP
	return 4;
#endif
	OutputDebugStringA("nothing on Linux");
	CSmtp mail;
	try
	{
		mail.SetSMTPServer(argv[1], (unsigned short)atoi(argv[2]));
		mail.SetSenderMail("linux@test.example");
		mail.AddRecipient("bob@test.example");
		mail.SetSubject("linux_names");
		mail.Send();
	}
	catch(ECSmtp e)
	{
		OutputDebugStringA(e.GetErrorText().c_str());
		return 1;
	}
	return errno == EINVAL ? 5 : 0;
}
