/* SPDX-License-Identifier: MIT */
#pragma once
#ifdef __cplusplus
extern "C"
#endif
int toupper(int);
