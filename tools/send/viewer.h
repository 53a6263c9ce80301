// SPDX-License-Identifier: MIT
//
// Shows a message in a browser.
#ifndef CSMTP_TOOLS_SEND_VIEWER_H
#define CSMTP_TOOLS_SEND_VIEWER_H

#include <string>

namespace send {

// Runs `csmtp-testserver --render` with the message on its standard input, and waits until
// the browser has closed the page. Returns the status with which csmtp-send should exit.
int ShowInBrowser(const std::string &message);

} // namespace send

#endif
