/* SPDX-License-Identifier: MIT */
#pragma once
#include "stddef.h"
#ifdef __cplusplus
extern "C" {
#endif
typedef struct _iobuf FILE;
size_t fread(void *, size_t, size_t, FILE *);
int fclose(FILE *);
int printf(const char *, ...);
int puts(const char *);
int snprintf(char *, size_t, const char *, ...);
#ifdef __cplusplus
}
#endif
