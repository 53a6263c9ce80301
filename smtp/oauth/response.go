// SPDX-License-Identifier: MIT

package oauth

import (
	"time"
)

const (
	// unknownLife is the lifetime of a token if its response contains no valid lifetime.
	unknownLife = 10 * time.Minute
	maxLife     = 7 * 24 * time.Hour
)

// response is a token response (RFC 6749, section 5.1).
type response struct {
	access  string
	refresh string
	life    time.Duration
	until   time.Time // the time after which a token from a token file is no longer used; zero for other tokens
}
