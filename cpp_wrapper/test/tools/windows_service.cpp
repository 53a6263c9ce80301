// SPDX-License-Identifier: MIT
//
// Installs itself as a Windows service, which sends one mail, and removes the service.
//
//	windows_service HOST PORT CAFILE
//	windows_service serve HOST PORT CAFILE    is what the service runs
#include <winsock2.h>
#include <windows.h>

#include "CSmtp.h"

static char name[] = "csmtp-test";
static char **arguments;
static SERVICE_STATUS_HANDLE status;

static void report(DWORD state, DWORD error)
{
	const DWORD kind = error != 0 ? ERROR_SERVICE_SPECIFIC_ERROR : NO_ERROR;
	SERVICE_STATUS s = {SERVICE_WIN32_OWN_PROCESS, state, 0, kind, error, 0, 0};
	SetServiceStatus(status, &s);
}

static void WINAPI control(DWORD) {}

static void WINAPI serve(DWORD, char **)
{
	status = RegisterServiceCtrlHandlerA(name, control);
	report(SERVICE_RUNNING, 0);
	DWORD error = 0;
	try {
		CSmtp mail;
		mail.SetSMTPServer(arguments[2], static_cast<unsigned short>(atoi(arguments[3])));
		mail.SetSecurityType(USE_TLS);
		mail.SetCAFile(arguments[4]);
		mail.SetLogin("alice@test.example");
		mail.SetPassword("s3cret pass");
		mail.SetSenderMail("alice@test.example");
		mail.AddRecipient("bob@test.example");
		mail.AddMsgLine("from a service");
		mail.Send();
	} catch (const ECSmtp &e) {
		error = e.GetErrorNum();
	}
	report(SERVICE_STOPPED, error);
}

// Starts the service, waits until it has stopped, and returns its error number. Returns
// -1 if the service cannot be started or queried.
static int await(SC_HANDLE service)
{
	SERVICE_STATUS s;
	if (!StartServiceA(service, 0, NULL)) return -1;
	do {
		Sleep(20);
		if (!QueryServiceStatus(service, &s)) return -1;
	} while (s.dwCurrentState != SERVICE_STOPPED);
	return static_cast<int>(s.dwServiceSpecificExitCode);
}

int main(int argc, char *argv[])
{
	arguments = argv;
	if (argc == 5) {
		const SERVICE_TABLE_ENTRYA table[] = {{name, serve}, {NULL, NULL}};
		return StartServiceCtrlDispatcherA(table) ? 0 : 1;
	}
	char self[MAX_PATH];
	GetModuleFileNameA(NULL, self, sizeof self);
	const string command = "\"" + string(self) + "\" serve " + argv[1] + " " + argv[2] + " " + argv[3];
	const SC_HANDLE manager = OpenSCManagerA(NULL, NULL, SC_MANAGER_ALL_ACCESS);
	const SC_HANDLE service = CreateServiceA(manager, name, name, SERVICE_ALL_ACCESS, SERVICE_WIN32_OWN_PROCESS,
		SERVICE_DEMAND_START, SERVICE_ERROR_NORMAL, command.c_str(), NULL, NULL, NULL, NULL, NULL);
	if (service == NULL) return printf("CreateService: error %lu\n", GetLastError()), 1;
	const int error = await(service);
	DeleteService(service);
	if (error != 0) printf("the service: error %d (%lu)\n", error, GetLastError());
	return error != 0;
}
