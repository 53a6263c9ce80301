// SPDX-License-Identifier: MIT
//
// Compiled by build files that name base64.cpp. The code is in the header.
#include "base64.h"
