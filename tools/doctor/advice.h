// SPDX-License-Identifier: MIT
//
// Draws conclusions from the findings: the best port, notes, and code.
#ifndef CSMTP_TOOLS_DOCTOR_ADVICE_H
#define CSMTP_TOOLS_DOCTOR_ADVICE_H

#include "findings.h"

namespace doctor {

// Sets the result and the settings in C++ for a service that sends mail over HTTPS.
void ConcludeService(Findings *findings);

// Chooses the best port; TryLogin uses it.
void Choose(Findings *findings);
// Sets result, notes and code (lines of C++). Call it after TryLogin.
void Conclude(Findings *findings);

} // namespace doctor

#endif
