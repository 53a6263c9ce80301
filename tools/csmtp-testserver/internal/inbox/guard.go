// SPDX-License-Identifier: MIT

package inbox

import (
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// guard returns why a request is refused, and the status, or "". It refuses requests that
// another site causes: by a name that resolves to this address (DNS rebinding), or by
// JavaScript, forms and images of its pages.
func (p *Page) guard(r *http.Request) (reason string, status int) {
	if !p.ownHost(r.Host) {
		return "The Host field names another server. Use the address that csmtp-testserver printed.", http.StatusForbidden
	}
	if origin, sent := r.Header["Origin"]; sent && (len(origin) != 1 || origin[0] != "http://"+r.Host) {
		return "The request comes from another origin.", http.StatusForbidden
	}
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" && !opens(r) {
		return "The request comes from another site.", http.StatusForbidden
	}
	return "", 0
}

// opens reports whether the user follows a link to the page.
func opens(r *http.Request) bool {
	return r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
}

// ownHost reports whether a Host field names this server.
func (p *Page) ownHost(field string) bool {
	host, port, err := net.SplitHostPort(field)
	if err != nil {
		host, port = strings.Trim(field, "[]"), "80"
	}
	listener, ownPort, err := net.SplitHostPort(p.options.Listener)
	if err != nil {
		return false
	}
	if slices.ContainsFunc(p.options.Hosts, func(h string) bool { return strings.EqualFold(h, host) }) {
		return true
	}
	address, err := netip.ParseAddr(listener)
	loopback := err == nil && address.IsLoopback() || strings.EqualFold(listener, "localhost")
	if strings.EqualFold(host, "localhost") {
		return !loopback || port == ownPort
	}
	// A name could resolve to anything; an address cannot.
	given, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	return !loopback || given.IsLoopback() && port == ownPort
}

// strip returns the path below the token, and reports whether the token is right.
func (p *Page) strip(path string) (rest string, right bool) {
	token, rest, found := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return rest, found && subtle.ConstantTimeCompare([]byte(token), []byte(p.token)) == 1
}

// useOnce reports whether the path is that of Once, which then is used up.
func (p *Page) useOnce(path string) bool {
	given, found := strings.CutPrefix(path, "/open/")
	p.mu.Lock()
	defer p.mu.Unlock()
	if !found || p.once == "" || subtle.ConstantTimeCompare([]byte(given), []byte(p.once)) != 1 {
		return false
	}
	p.once = ""
	return true
}

const (
	pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; frame-src 'self'; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
	// framePolicy is that of a message's HTML. Its sandbox has no permissions.
	framePolicy = "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox"
	filePolicy = "default-src 'none'; frame-ancestors 'none'; sandbox"
)

// protect sets the fields that every response has.
func protect(h http.Header, policy string) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer") // the address contains the token
	h.Set("Cache-Control", "no-store")
	h.Set("X-DNS-Prefetch-Control", "off")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
}
