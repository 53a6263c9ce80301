// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"fmt"
	"net"
	"strings"

	"csmtp/smtp/internal/dial"
)

// LookupServers finds the submission servers that a mail domain publishes in
// SRV records (RFC 6186, RFC 8314): implicit TLS first, then STARTTLS, each by
// priority and weight. They are for Config.Servers with a Security of STARTTLS.
//
// A server outside the domain is left out: nothing but the DNS, which anybody
// on the way may have written, says that the password belongs there (RFC 6186,
// section 6). r may be nil. The look-up uses no proxy: a session that goes
// through one should name its server instead.
func LookupServers(ctx context.Context, r *net.Resolver, domain string) ([]Server, error) {
	targets, err := dial.LookupSubmission(ctx, r, domain)
	if err != nil {
		return nil, connectError(err)
	}
	own, err := dial.HostName(domain)
	if err != nil {
		return nil, connectError(err)
	}
	own = strings.ToLower(strings.TrimSuffix(own, "."))
	servers := make([]Server, 0, len(targets))
	foreign := ""
	for _, t := range targets {
		host := strings.ToLower(t.Host)
		if host != own && !strings.HasSuffix(host, "."+own) {
			foreign = t.Host
			continue
		}
		servers = append(servers, Server{Host: t.Host, Port: t.Port, ImplicitTLS: t.ImplicitTLS})
	}
	if len(servers) == 0 {
		return nil, &Error{Op: OpResolve, Kind: KindResolve,
			Err:  fmt.Errorf("%s names %s as its submission server, which is outside the domain", domain, foreign),
			Hint: "if that is right, set that server itself"}
	}
	return servers, nil
}
