// SPDX-License-Identifier: MIT

package smtp

import (
	"strconv"
	"strings"
)

// limits contains the limits that the server has announced or shown by its replies;
// zero means no limit.
type limits struct {
	size        int64 // octets of a message (RFC 1870)
	mails       int   // transactions per session (RFC 9422, MAILMAX)
	rcpts       int   // recipients per transaction (RCPTMAX)
	rcptDomains int   // domains of the recipients per transaction (RCPTDOMAINMAX)
	accepted    int   // the fewest recipients that the server accepted before it refused others as too many; 0: it refused none
}

// usedUp reports whether the server accepts no further transaction after n transactions.
func (l *limits) usedUp(n int) bool { return l.mails > 0 && n >= l.mails }

// fit returns how many recipients, counted from the first, fit in one transaction.
func (l *limits) fit(rcpts []Recipient) int {
	n := len(rcpts)
	if l.rcpts > 0 {
		n = min(n, l.rcpts)
	}
	if l.rcptDomains == 0 {
		return n
	}
	seen := make(map[string]bool)
	for i := range n {
		a := rcpts[i].Address
		seen[strings.ToLower(a[strings.LastIndexByte(a, '@')+1:])] = true
		if len(seen) > l.rcptDomains {
			return i
		}
	}
	return n
}

// parseSize parses the parameter of SIZE. It returns 0, no limit, if the
// parameter is missing or invalid.
func parseSize(param string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(param), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// parseLimits parses the parameters of LIMITS. It ignores unknown and invalid ones.
func parseLimits(params string) limits {
	var l limits
	for _, p := range strings.Fields(params) {
		name, value, _ := strings.Cut(p, "=")
		n, err := strconv.Atoi(value)
		if err != nil || n <= 0 {
			continue
		}
		switch strings.ToUpper(name) {
		case "MAILMAX":
			l.mails = n
		case "RCPTMAX":
			l.rcpts = n
		case "RCPTDOMAINMAX":
			l.rcptDomains = n
		}
	}
	return l
}
