// SPDX-License-Identifier: MIT
//
// The doctor's judgement: what works, what to do about the rest, and the code
// that fits.
#ifndef CSMTP_TOOLS_DOCTOR_ADVICE_H
#define CSMTP_TOOLS_DOCTOR_ADVICE_H

#include "findings.h"

namespace doctor {

// Picks the best port; before the login, which goes there.
void Choose(Findings *findings);
// Result, notes and code; after the login.
void Conclude(Findings *findings);

// "1234567" as "1.2 MiB"; "" for what is no number, or no limit.
std::string Size(const std::string &octets);

} // namespace doctor

#endif
