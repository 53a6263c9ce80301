// SPDX-License-Identifier: MIT

// Package httpmail sends mail over HTTPS, for networks and tenants in which SMTP is not
// possible. It uses sendMail of Microsoft Graph, or messages.send of the Gmail API. Both
// services take a complete message (RFC 5322), so that signatures remain valid, and read the
// recipients from its header. The message is streamed.
//
// The package uses the outcomes, errors, timeouts, proxies and TLS settings of package smtp.
// Package smtp does not depend on this package.
package httpmail
