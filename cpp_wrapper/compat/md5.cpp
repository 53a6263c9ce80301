// SPDX-License-Identifier: MIT
//
// Compiled by build files that name md5.cpp. The code is in the header.
#include "md5.h"
