// SPDX-License-Identifier: MIT
//
// csmtp_legacy.h: what the old CSmtp.h declared before the class: system headers,
// macros, typedefs and `using namespace std`. CSmtp.h includes this file unless
// CSMTP_STRICT is defined.
#ifndef CSMTP_LEGACY_H
#define CSMTP_LEGACY_H

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <fstream>
#include <iostream>

#if defined(_WIN32)
#include <winsock2.h>
#if defined(_MSC_VER)
#pragma comment(lib, "ws2_32.lib")
#if _MSC_VER < 1400
#define snprintf _snprintf
#elif _MSC_VER < 1900 // later versions have the function and reject the macro
#define snprintf sprintf_s
#endif
#endif
#else
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/types.h>
#include <unistd.h>
#if defined(__linux__) && !defined(LINUX)
#define LINUX
#endif
#ifndef SOCKET_ERROR
#define SOCKET_ERROR -1
#endif
#ifndef INVALID_SOCKET
#define INVALID_SOCKET -1
#endif
#ifndef HAVE__STRNICMP
#define HAVE__STRNICMP
#endif
#ifndef _strnicmp
#define _strnicmp strncasecmp
#endif
#ifndef OutputDebugStringA
#define OutputDebugStringA(buf)
#endif
typedef unsigned short WORD;
typedef int SOCKET;
typedef struct sockaddr_in SOCKADDR_IN;
typedef struct hostent *LPHOSTENT;
typedef struct servent *LPSERVENT;
typedef struct in_addr *LPIN_ADDR;
typedef struct sockaddr *LPSOCKADDR;
#endif

#ifndef TIME_IN_SEC
#define TIME_IN_SEC 3*60
#endif
#ifndef BUFFER_SIZE
#define BUFFER_SIZE 10240
#endif
#ifndef MSG_SIZE_IN_MB
#define MSG_SIZE_IN_MB 25
#endif
#ifndef COUNTER_VALUE
#define COUNTER_VALUE 100
#endif
const char BOUNDARY_TEXT[] = "__MESSAGE__ID__54yg6f6h6y456345";

// Include only this library's md5.h: another one on the include path may belong to a
// different library.
#if defined(__has_include)
#if __has_include("compat/md5.h")
#include "compat/md5.h"
#endif
#endif
using namespace std;

// Old programs catch ECSmtp by value, because the old class had no base class.
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 8
#pragma GCC diagnostic ignored "-Wcatch-value"
#endif

#endif // CSMTP_LEGACY_H
