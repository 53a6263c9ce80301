// SPDX-License-Identifier: MIT

package dial

import (
	"context"
	"errors"
	"net"
	"strings"
)

// maxTargets is the largest number of servers that LookupSubmission returns.
const maxTargets = 16

// Target is one submission server of a domain. If Host is outside the domain, the only
// evidence that the server belongs to the domain is a DNS answer, which is usually unsigned.
// RFC 6186, section 6, says what to check before a password is sent to such a server.
type Target struct {
	Host        string // in A-labels, no final dot
	Port        int
	ImplicitTLS bool // true: TLS before the greeting (_submissions); false: STARTTLS (_submission)
}

// LookupSubmission returns the submission servers in the SRV records of a domain: first
// those of _submissions (RFC 8314, section 5.1), then those of _submission (RFC 6186,
// section 3.1). Each group is ordered by priority, and randomly by weight within a priority
// (RFC 2782). LookupSubmission returns at most 16 servers. It ignores the target ".", which
// means that the service is not offered. If there are no servers, it returns an *Error with
// the stage Resolve.
func LookupSubmission(ctx context.Context, r *net.Resolver, domain string) ([]Target, error) {
	name, err := HostName(domain)
	if err != nil {
		return nil, fail(Local, err, "domain: %s", err)
	}
	if _, isIP := address(name); isIP {
		return nil, fail(Local, nil, "domain %s is an IP address, which has no SRV records", name)
	}
	if r == nil {
		r = net.DefaultResolver
	}
	var found []Target
	var failures []error
	refused := false
	for _, service := range []string{"submissions", "submission"} {
		// The final dot keeps the resolver from trying the system's search list.
		_, records, err := r.LookupSRV(ctx, service, "tcp", strings.TrimSuffix(name, ".")+".")
		if over(ctx) {
			return nil, ended(ctx, "looking up the submission servers of "+name)
		}
		// If some records have invalid names, LookupSRV returns the other records, and an
		// error.
		if err != nil && len(records) == 0 && !notFound(err) {
			failures = append(failures, err)
		}
		targets, no := targetsOf(records, service == "submissions")
		found, refused = append(found, targets...), refused || no
	}
	switch {
	case len(found) > 0:
		return found[:min(len(found), maxTargets)], nil
	case len(failures) > 0:
		err := errors.Join(failures...)
		return nil, fail(Resolve, err, "looking up the submission servers of %s: %s", name, dnsReason(failures[0]))
	case refused:
		return nil, fail(Resolve, nil, "the DNS records of %s say that the domain offers no mail submission", name)
	}
	return nil, fail(Resolve, nil, "%s has no submission server in the DNS (_submissions._tcp, _submission._tcp)", name)
}

// targetsOf returns the servers in the records, in the resolver's order. It skips records that
// have no port or an invalid host. The result 'refused' is true if a record says that the
// service is not offered.
func targetsOf(records []*net.SRV, implicit bool) (out []Target, refused bool) {
	for _, rec := range records {
		if rec.Target == "." {
			refused = true
			continue
		}
		host, err := HostName(strings.TrimSuffix(rec.Target, "."))
		if err != nil || rec.Port == 0 {
			continue
		}
		out = append(out, Target{Host: host, Port: int(rec.Port), ImplicitTLS: implicit})
	}
	return out, refused
}
