/* SPDX-License-Identifier: MIT */
/* As much of C's library as the headers under test name. */
#pragma once
#if defined(_WIN64)
typedef unsigned long long size_t;
typedef unsigned long long uintptr_t;
#else
typedef unsigned int size_t;
typedef unsigned int uintptr_t;
#endif
#define NULL 0
typedef signed char int8_t;
typedef unsigned char uint8_t;
typedef unsigned int uint32_t;
typedef int int32_t;
typedef long long int64_t;
typedef unsigned long long uint64_t;
#ifdef __cplusplus
extern "C" {
#endif
typedef struct _iobuf FILE;
size_t fread(void *, size_t, size_t, FILE *);
int fclose(FILE *);
int printf(const char *, ...);
int puts(const char *);
int snprintf(char *, size_t, const char *, ...);
void *memcpy(void *, const void *, size_t);
void *memset(void *, int, size_t);
size_t strlen(const char *);
char *strchr(const char *, int);
int _strnicmp(const char *, const char *, size_t);
#ifdef __cplusplus
}
#endif
