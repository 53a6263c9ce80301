// SPDX-License-Identifier: MIT

package httpmail

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"csmtp/smtp"
)

// Service is a service that sends mail over HTTPS.
type Service string

const (
	MicrosoftGraph Service = "microsoft-graph" // user: sendMail, with a message in MIME format
	GmailAPI       Service = "gmail-api"       // users.messages.send, as a simple upload
)

// Services returns all services.
func Services() []Service { return []Service{MicrosoftGraph, GmailAPI} }

// protocol says how a service is used.
type protocol struct {
	endpoint    string
	path        string // with one %s for the user
	ownUser     string // the user in the path if no account is set
	query       string
	contentType string
	limit       int64 // the maximum size of a request's body, in octets
	base64      bool
	accepted    int // the status of success
	permission  smtp.Hint
}

var protocols = map[Service]protocol{
	// See https://learn.microsoft.com/graph/api/user-sendmail. A request can have up to 4
	// MB.
	MicrosoftGraph: {
		endpoint: "https://graph.microsoft.com", path: "/v1.0/%s/sendMail", ownUser: "me",
		contentType: "text/plain", limit: 4 << 20, base64: true, accepted: 202,
		permission: "the application needs Microsoft Graph's permission Mail.Send with an administrator's consent, and access to this mailbox; also check the scope of the token",
	},
	// https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages/send
	GmailAPI: {
		endpoint: "https://gmail.googleapis.com", path: "/upload/gmail/v1/users/%s/messages/send", ownUser: "me",
		query: "uploadType=media", contentType: "message/rfc822", limit: 36700160, accepted: 200,
		permission: "the token needs the scope https://www.googleapis.com/auth/gmail.send or https://mail.google.com/, and the login must be the mailbox to which the token belongs",
	},
}

// most returns the maximum size of a message.
func (p *protocol) most() int64 {
	if p.base64 {
		return int64(base64.StdEncoding.DecodedLen(int(p.limit)))
	}
	return p.limit
}

// target returns the path and query of the request to send from an account's mailbox.
func (p *protocol) target(base *url.URL, account string) string {
	user := p.ownUser
	if account != "" {
		user = url.PathEscape(account)
		if strings.Trim(user, ".") == "" { // "." and ".." would have a special meaning in the path
			user = strings.ReplaceAll(user, ".", "%2E")
		}
		if p.base64 {
			user = "users/" + user
		}
	}
	target := strings.TrimSuffix(base.EscapedPath(), "/") + fmt.Sprintf(p.path, user)
	if p.query != "" {
		target += "?" + p.query
	}
	return target
}

// CheckEndpoint returns an error if an endpoint is not the URL of an https server. The error
// does not show the endpoint, which can contain a secret.
func CheckEndpoint(endpoint string) error {
	_, _, err := parseEndpoint(endpoint)
	return err
}

func parseEndpoint(endpoint string) (*url.URL, smtp.Server, error) {
	if name, place := smtp.FindControl(endpoint); place > 0 {
		return nil, smtp.Server{}, fmt.Errorf("the endpoint has a %s at octet %d: remove it", name, place)
	}
	u, err := url.Parse(endpoint)
	switch {
	case err != nil || u.Hostname() == "" || u.Opaque != "":
		return nil, smtp.Server{}, errors.New("the endpoint is not a URL with a host, such as https://graph.microsoft.us")
	case u.Scheme != "https":
		return nil, smtp.Server{}, errors.New("the endpoint is not an https URL, and a token must not be sent in the clear")
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || strings.Contains(endpoint, "#"):
		return nil, smtp.Server{}, errors.New("the endpoint has a user, a query or a fragment: set only https://, the host and the port")
	}
	server := smtp.Server{Host: u.Hostname(), Port: 443}
	if port := u.Port(); port != "" {
		if server.Port, err = strconv.Atoi(port); err != nil || server.Port < 1 || server.Port > 65535 {
			return nil, smtp.Server{}, errors.New("the port of the endpoint is not between 1 and 65535")
		}
	}
	return u, server, nil
}

// Scope returns the scope that a token for the service needs. It returns "" if this is the same
// scope as for SMTP.
func Scope(service Service, endpoint string) string {
	if service != MicrosoftGraph {
		return "" // the scope https://mail.google.com/ is valid for SMTP and for the API
	}
	base := protocols[service].endpoint
	if u, err := url.Parse(endpoint); err == nil && u.Host != "" && !isLoopback(u.Hostname()) {
		base = "https://" + u.Host
	}
	return base + "/.default"
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// Endpoint returns the endpoint of a service, or "" for an unknown service.
func Endpoint(service Service) string { return protocols[service].endpoint }
