// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"fmt"
	"net"
	"strings"

	"csmtp/smtp/internal/dial"
)

// LookupServers returns the submission servers that a mail domain publishes in SRV
// records (RFC 6186, RFC 8314). Those with implicit TLS come first, then those with
// STARTTLS; each group is ordered by priority and weight. To use the servers, set
// Config.Servers to the result and Config.Security to STARTTLS.
//
// LookupServers omits servers outside the domain, because an attacker may forge the DNS
// answer to get the password (RFC 6186, section 6). r may be nil. The lookup does not use
// a proxy, so a program that uses a proxy should set the server itself.
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
			Err:  fmt.Errorf("the DNS of %s names the submission server %s, which is outside the domain", domain, foreign),
			Hint: "if you trust that server, set it explicitly"}
	}
	return servers, nil
}
