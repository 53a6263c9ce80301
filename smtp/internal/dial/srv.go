// SPDX-License-Identifier: MIT

package dial

import (
	"context"
	"errors"
	"net"
	"strings"
)

// maxTargets bounds the answer of one LookupSubmission.
const maxTargets = 16

// Target is one submission server of a domain. Where its Host is outside the
// domain that was asked for, nothing but the (mostly unsigned) DNS vouches for
// it: see RFC 6186, section 6, before sending it a password.
type Target struct {
	Host        string // in A-labels, no final dot
	Port        int
	ImplicitTLS bool // from _submissions: TLS first; otherwise STARTTLS
}

// LookupSubmission gives the submission servers that a domain names in SRV
// records, best first: those of _submissions (RFC 8314, section 5.1), then
// those of _submission (RFC 6186, section 3.1), each in the order of priority
// and, at random, of weight (RFC 2782). At most 16 are returned. A service
// that says "." is not offered. Nothing found is an *Error of stage Resolve.
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
		// The final dot keeps a search list of the system from being tried.
		_, records, err := r.LookupSRV(ctx, service, "tcp", strings.TrimSuffix(name, ".")+".")
		if over(ctx) {
			return nil, ended(ctx, "looking up the submission servers of "+name)
		}
		// Records with bad names come as an error beside the good ones.
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
		return nil, fail(Resolve, nil, "%s says that it offers no mail submission", name)
	}
	return nil, fail(Resolve, nil, "%s names no submission server in the DNS (_submissions._tcp, _submission._tcp)", name)
}

// targetsOf keeps the resolver's order. A record without a port, or with a
// host that could not be dialled, is passed over.
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
