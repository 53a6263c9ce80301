// SPDX-License-Identifier: MIT
#include "CSmtp.h"
void Fails(CSmtp &m);
int main() { CSmtp m; try { Fails(m); } catch (ECSmtp &e) { return e.GetErrorNum() == ECSmtp::UNDEF_RECIPIENTS ? 0 : 1; } return 2; }
