/* SPDX-License-Identifier: MIT */
#pragma once
#ifdef __cplusplus
extern "C"
#endif
int *_errno(void);
#define errno (*_errno())
