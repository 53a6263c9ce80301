// SPDX-License-Identifier: MIT

package smtp

import (
	"context"

	"csmtp/smtp/internal/dial"
)

// LookupServers finds the submission servers that a mail domain publishes in
// SRV records (RFC 6186, RFC 8314): implicit TLS first, then STARTTLS, each by
// priority and weight. They are for Config.Servers with a Security of STARTTLS.
func LookupServers(ctx context.Context, domain string) ([]Server, error) {
	targets, err := dial.LookupSubmission(ctx, nil, domain)
	if err != nil {
		return nil, connectError(err)
	}
	servers := make([]Server, 0, len(targets))
	for _, t := range targets {
		servers = append(servers, Server{Host: t.Host, Port: t.Port, ImplicitTLS: t.ImplicitTLS})
	}
	return servers, nil
}
