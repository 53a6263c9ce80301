/* SPDX-License-Identifier: MIT */
#pragma once
#if defined(_WIN64)
typedef unsigned long long uintptr_t;
#else
typedef unsigned int uintptr_t;
#endif
typedef signed char int8_t;
typedef unsigned char uint8_t;
typedef int int32_t;
typedef unsigned int uint32_t;
typedef long long int64_t;
typedef unsigned long long uint64_t;
