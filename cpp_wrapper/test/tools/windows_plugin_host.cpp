// SPDX-License-Identifier: MIT
//
// Does this twice: loads plugin.dll, sends two mails with it, and unloads it.
//
//	windows_plugin_host HOST PORT
#include <windows.h>

#include <cstdio>
#include <cstdlib>

int main(int, char *argv[])
{
	for (int round = 0; round < 2; round++) {
		const HMODULE plugIn = LoadLibraryA("plugin.dll");
		if (plugIn == NULL) return std::printf("LoadLibrary: error %lu\n", GetLastError()), 1;
		int (*send)(const char *, int, int);
		*reinterpret_cast<FARPROC *>(&send) = GetProcAddress(plugIn, "plugInSend");
		if (send == NULL) return std::puts("plugInSend is missing"), 1;
		const int error = send(argv[1], std::atoi(argv[2]), 2);
		if (error != 0) return std::printf("plugInSend: error %d\n", error), 1;
		if (!FreeLibrary(plugIn) || GetModuleHandleA("plugin.dll") != NULL) return std::puts("the DLL stays loaded"), 1;
	}
	return 0;
}
