// SPDX-License-Identifier: MIT
//
// For build files that name base64.cpp: all of it is in the header.
#include "base64.h"
