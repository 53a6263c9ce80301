/* SPDX-License-Identifier: MIT */
/* A replacement for bcryptprimitives.dll, which Wine lacks before version 9. It has the
 * only function that Go imports from the DLL, and is only for tests. */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size) { return RtlGenRandom(data, (ULONG)size); }
