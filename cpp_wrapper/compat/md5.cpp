// SPDX-License-Identifier: MIT
//
// For build files that name md5.cpp: all of it is in the header.
#include "md5.h"
