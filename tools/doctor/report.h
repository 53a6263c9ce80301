// SPDX-License-Identifier: MIT
//
// The findings in words, and as JSON for programs.
#ifndef CSMTP_TOOLS_DOCTOR_REPORT_H
#define CSMTP_TOOLS_DOCTOR_REPORT_H

#include <string>

#include "findings.h"

namespace doctor {

std::string ReportText(const Findings &findings);
// Keys are stable: new ones may come, none changes or goes. status is the
// program's exit status.
std::string ReportJSON(const Findings &findings, int status);
std::string ReportTranscripts(const Findings &findings);

} // namespace doctor

#endif
