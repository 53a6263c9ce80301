/* SPDX-License-Identifier: MIT */
#include "crt.h"
