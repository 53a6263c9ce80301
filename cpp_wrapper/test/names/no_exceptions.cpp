// SPDX-License-Identifier: MIT
#include "CSmtp.h"
void Fails(CSmtp &m) { m.Send(); }
