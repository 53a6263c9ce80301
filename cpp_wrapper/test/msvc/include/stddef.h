/* SPDX-License-Identifier: MIT */
#pragma once
#if defined(_WIN64)
typedef unsigned long long size_t;
#else
typedef unsigned int size_t;
#endif
#undef NULL
#define NULL 0
