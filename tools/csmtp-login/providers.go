// SPDX-License-Identifier: MIT

package main

import "strings"

// provider contains the values that differ between providers.
type provider struct {
	authURL, deviceURL, tokenURL string
	scope                        string
	params                       map[string]string // additional parameters of the authorization request
	// redirect is the host of the loopback address to which the browser is redirected.
	// With this host, an application need not register a port (RFC 8252, section 7.3).
	redirect string
	server   string // the SMTP server
	// endpoint is the URL of the service for mail over HTTPS, or "" for its usual URL.
	endpoint string
}

// cloud contains the hosts of one of Microsoft's clouds.
type cloud struct{ login, mail, server, graph string }

var clouds = map[string]cloud{
	"global":        {"https://login.microsoftonline.com", "https://outlook.office.com", "smtp.office365.com", "https://graph.microsoft.com"},
	"us-government": {"https://login.microsoftonline.us", "https://outlook.office365.us", "smtp.office365.us", "https://graph.microsoft.us"},
	"us-dod":        {"https://login.microsoftonline.us", "https://outlook-dod.office365.us", "outlook-dod.office365.us", "https://dod-graph.microsoft.us"},
	"china":         {"https://login.partner.microsoftonline.cn", "https://partner.outlook.cn", "smtp.partner.outlook.cn", "https://microsoftgraph.chinacloudapi.cn"},
}

const cloudNames = "global, us-government, us-dod or china"

// consumerDomains contains the domains of personal accounts at Microsoft. These accounts
// have no tenant of their own.
var consumerDomains = []string{"outlook.com", "hotmail.com", "live.com", "msn.com", "passport.com"}

func microsoft(c cloud, tenant, transport string) provider {
	base := c.login + "/" + tenant + "/oauth2/v2.0/"
	scope, endpoint := c.mail+"/SMTP.Send", ""
	if transport == "microsoft-graph" {
		scope = c.graph + "/Mail.Send"
		if c != clouds["global"] {
			endpoint = c.graph
		}
	}
	return provider{
		endpoint:  endpoint,
		authURL:   base + "authorize",
		deviceURL: base + "devicecode",
		tokenURL:  base + "token",
		scope:     scope + " offline_access",
		redirect:  "localhost",
		server:    c.server,
	}
}

// google has no deviceURL, because Google issues no tokens for mail to a user who logs in
// with a device code.
func google() provider {
	return provider{
		authURL:  "https://accounts.google.com/o/oauth2/v2/auth",
		tokenURL: "https://oauth2.googleapis.com/token",
		scope:    "https://mail.google.com/",
		// Without access_type=offline, Google issues no refresh token; without
		// prompt=consent, it issues one only at the first login.
		params:   map[string]string{"access_type": "offline", "prompt": "consent"},
		redirect: "127.0.0.1",
		server:   "smtp.gmail.com",
	}
}

// tenantOf returns the tenant of a mailbox: its domain, or the tenant for personal
// accounts.
func tenantOf(account string) string {
	domain := strings.ToLower(account[strings.LastIndexByte(account, '@')+1:])
	for _, consumer := range consumerDomains {
		if domain == consumer {
			return "consumers"
		}
	}
	return domain
}
