/* SPDX-License-Identifier: MIT */
/* For tests under Wine before 9, which lacks this DLL of Windows: the one
 * function that Go takes from it. */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size) { return RtlGenRandom(data, (ULONG)size); }
