/* SPDX-License-Identifier: MIT */
#pragma once
#include "stddef.h"
#ifdef __cplusplus
extern "C" {
#endif
void *memcpy(void *, const void *, size_t);
void *memset(void *, int, size_t);
size_t strlen(const char *);
size_t strcspn(const char *, const char *);
#ifdef __cplusplus
const char *strchr(const char *, int);
const char *strstr(const char *, const char *);
}
#else
char *strchr(const char *, int);
char *strstr(const char *, const char *);
#endif
