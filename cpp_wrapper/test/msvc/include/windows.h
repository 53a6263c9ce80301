/* SPDX-License-Identifier: MIT */
/* Macros of windows.h that are known to break other headers, and some of its types. */
#pragma once
#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))
#define ERROR 0
#define NO_ERROR 0L
#define DELETE (0x00010000L)
#define interface struct
#define small char
#define near
#define far
#define IN
#define OUT
#define OPTIONAL
#define TRUE 1
#define FALSE 0
#define CONST const
#define VOID void
#define pascal __stdcall
#define CALLBACK __stdcall
#define hyper __int64
#define GetMessage GetMessageA
#define SendMessage SendMessageA
#define GetUserName GetUserNameA
#define DeleteFile DeleteFileA
#define GetObject GetObjectA
#define Yield()
#define STRICT 1
typedef int BOOL;
typedef unsigned long DWORD;
typedef unsigned short WORD;
typedef void *HANDLE;
