// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstring>

#include "report.h"

namespace doctor {
namespace {

const size_t kColumn = 15; // the column at which ReportText begins the text of a line
const char kGreen[] = "\033[32m", kRed[] = "\033[31m", kYellow[] = "\033[33m", kPlain[] = "\033[0m";

bool Begins(const std::string &text, const char *with) { return text.compare(0, strlen(with), with) == 0; }

// Returns the number of characters of a UTF-8 text.
size_t Width(const std::string &text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

// Returns the column at which a line continues if it is divided.
size_t Indent(const std::string &line) {
  if (Begins(line, "- ")) return 2;
  return Begins(line, "  ") && line.size() > kColumn ? kColumn : 0;
}

// Divides a line into lines of at most 'width' columns. A word that is longer is not
// divided, so that the user can copy it.
std::string Broken(const std::string &line, size_t width) {
  const size_t indent = std::min(Indent(line), width / 2);
  std::string all;
  std::string rest = line;
  while (Width(rest) > width) {
    size_t at = std::string::npos, columns = 0;
    for (size_t i = 0; i < rest.size(); i++) {
      if ((rest[i] & 0xC0) != 0x80) columns++;
      if (rest[i] == ' ' && i > indent && (columns <= width + 1 || at == std::string::npos)) at = i;
      if (columns > width && at != std::string::npos) break;
    }
    if (at == std::string::npos) break;
    all += rest.substr(0, at) + "\n";
    rest = std::string(indent, ' ') + rest.substr(at + 1);
  }
  return all + rest;
}

const char *ColourOf(const std::string &line) {
  if (Begins(line, "All is well")) return kGreen;
  if (Begins(line, "Mail can be sent")) return kYellow;
  if (Begins(line, "No way") || Begins(line, "The server's certificate is not accepted")) return kRed;
  if (!Begins(line, "  ") || line.size() <= kColumn) return nullptr;
  const std::string text = line.substr(kColumn);
  if (Begins(text, "works") || text == "good") return kGreen;
  for (const char *bad : {"fails", "connects, but", "NOT ACCEPTED", "not offered", "hidden"}) {
    if (Begins(text, bad)) return kRed;
  }
  return nullptr;
}

// Returns a line with its text in colour. 'broken' is the same line, divided into shorter lines.
std::string Coloured(const std::string &line, const std::string &broken) {
  const char *const colour = ColourOf(line);
  if (colour == nullptr) return broken;
  const size_t begin = Begins(line, "  ") ? kColumn : 0;
  return broken.substr(0, begin) + colour + broken.substr(begin) + kPlain;
}

} // namespace

std::string Rendered(const std::string &report, int width, bool colour) {
  const size_t columns = static_cast<size_t>(std::max(width, 20));
  std::string all;
  bool code = false; // whether the line is C++, which is not divided
  for (size_t at = 0; at < report.size();) {
    const size_t end = std::min(report.find('\n', at), report.size());
    const std::string line = report.substr(at, end - at);
    code = code || line == "The settings in C++:";
    const std::string broken = code ? line : Broken(line, columns);
    all += (colour && !code ? Coloured(line, broken) : broken) + "\n";
    at = end + 1;
  }
  return all;
}

} // namespace doctor
