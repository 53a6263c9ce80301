// SPDX-License-Identifier: MIT
//
// Compiled by build files that require md5.cpp. The code is in md5.h.
#include "md5.h"
