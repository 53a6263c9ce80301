// SPDX-License-Identifier: MIT
#include <string>
#include <vector>
#include <iostream>
#include <fstream>
#include <stdio.h>
#include <string.h>
#include <assert.h>
#include <sys/types.h>
namespace legacy {
#include "CSmtp.h"
}
int main() { legacy::CSmtp m; m.SetSecurityType(legacy::USE_TLS); try { m.Send(); } catch (legacy::ECSmtp e) { return e.GetErrorNum() == legacy::ECSmtp::UNDEF_RECIPIENTS ? 0 : 1; } return 2; }
