/* SPDX-License-Identifier: MIT */
#pragma once
#ifdef __cplusplus
extern "C" {
#endif
int *__cdecl _errno(void);
#ifdef __cplusplus
}
#endif
#define errno (*_errno())
