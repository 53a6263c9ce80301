// SPDX-License-Identifier: MIT
//
// Draws conclusions from the findings: the best port, the notes, and the settings in C++.
#ifndef CSMTP_TOOLS_DOCTOR_ADVICE_H
#define CSMTP_TOOLS_DOCTOR_ADVICE_H

#include "findings.h"

namespace doctor {

// For a service that sends mail over HTTPS: sets the result, and the settings as lines of
// C++.
void ConcludeService(Findings *findings);

// Chooses the best port. TryLogin uses this port.
void Choose(Findings *findings);
// Sets the result, the notes and the code (lines of C++) of the report. Call it after
// TryLogin.
void Conclude(Findings *findings);

} // namespace doctor

#endif
