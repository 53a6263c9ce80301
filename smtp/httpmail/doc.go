// SPDX-License-Identifier: MIT

// Package httpmail sends mail over HTTPS, for networks and tenants in which SMTP is not
// possible: with sendMail of Microsoft Graph, and with messages.send of the Gmail API.
// Both services take a complete message (RFC 5322), so that signatures remain valid,
// and read the recipients from its header. The message is streamed.
//
// The package uses the outcomes, errors, timeouts, proxies and TLS settings of package
// smtp, which does not depend on it.
package httpmail
