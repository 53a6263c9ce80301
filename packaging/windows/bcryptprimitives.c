/* SPDX-License-Identifier: MIT */
/* A replacement for bcryptprimitives.dll, which Wine lacks before version 9, with the
 * only function that Go imports from it. For tests. */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size) { return RtlGenRandom(data, (ULONG)size); }
