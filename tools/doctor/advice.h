// SPDX-License-Identifier: MIT
//
// Draws conclusions from the findings: the best port, the notes, and the settings in C++.
#ifndef CSMTP_TOOLS_DOCTOR_ADVICE_H
#define CSMTP_TOOLS_DOCTOR_ADVICE_H

#include "findings.h"

namespace doctor {

// Sets the result and the code (lines of C++) of the report on a service that sends mail over
// HTTPS.
void ConcludeService(Findings *findings);

// Chooses the best port. TryLogin uses this port.
void Choose(Findings *findings);
// Sets the result, the notes and the code (lines of C++) of the report. Call it after
// TryLogin.
void Conclude(Findings *findings);

} // namespace doctor

#endif
