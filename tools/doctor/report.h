// SPDX-License-Identifier: MIT
//
// The report, as text and as JSON.
#ifndef CSMTP_TOOLS_DOCTOR_REPORT_H
#define CSMTP_TOOLS_DOCTOR_REPORT_H

#include <string>

#include "findings.h"

namespace doctor {

std::string ReportText(const Findings &findings);
std::string Verdict(const Findings &findings); // one or more sentences
// Returns a report that ReportText has made, in the form for a terminal: lines are broken
// at 'width'. If 'colour' is true, the verdict and the words that say what works or fails
// are coloured.
std::string Rendered(const std::string &report, int width, bool colour);
// Returns the report as JSON. In later versions, keys keep their names and meaning, and
// new ones may be added. 'status' is the exit status of the program.
std::string ReportJSON(const Findings &findings, int status);
std::string ReportTranscripts(const Findings &findings);

} // namespace doctor

#endif
