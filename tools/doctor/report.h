// SPDX-License-Identifier: MIT
//
// The report, as text and as JSON.
#ifndef CSMTP_TOOLS_DOCTOR_REPORT_H
#define CSMTP_TOOLS_DOCTOR_REPORT_H

#include <string>

#include "findings.h"

namespace doctor {

std::string ReportText(const Findings &findings);
std::string Verdict(const Findings &findings); // the result, in one or more sentences
// Returns the result of ReportText in the form for a terminal: lines are divided at
// 'width'. If 'colour' is true, the verdict is coloured, and so are the words that say what
// works or fails.
std::string Rendered(const std::string &report, int width, bool colour);
// Returns the report as JSON. A later version may add keys, but does not change the names
// or the meaning of these keys. 'status' is the exit status of the program.
std::string ReportJSON(const Findings &findings, int status);
std::string ReportTranscripts(const Findings &findings);

} // namespace doctor

#endif
