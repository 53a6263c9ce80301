/* SPDX-License-Identifier: MIT */
/* A replacement for bcryptprimitives.dll, which is missing in Wine before version 9.
 * It has only the function that Go imports from the DLL, and is used only in tests. */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size) { return RtlGenRandom(data, (ULONG)size); }
