/* SPDX-License-Identifier: MIT */
#pragma once
#include <windows.h>
typedef uintptr_t SOCKET;
#define INVALID_SOCKET (SOCKET)(~0)
#define SOCKET_ERROR (-1)
struct sockaddr_in { short sin_family; };
typedef struct sockaddr_in SOCKADDR_IN;
