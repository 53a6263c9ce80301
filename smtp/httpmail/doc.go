// SPDX-License-Identifier: MIT

// Package httpmail sends mail over HTTPS, for networks and tenants in which SMTP is not
// possible: by sendMail of Microsoft Graph, and by messages.send of the Gmail API. Both
// services take a complete message (RFC 5322), so that signatures remain valid, and read
// the recipients from its header. The message is streamed.
//
// The package uses the outcomes, errors, timeouts, proxies and TLS settings of package
// smtp, which knows nothing of it.
package httpmail
