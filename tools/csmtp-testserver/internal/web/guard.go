// SPDX-License-Identifier: MIT

// Package web serves the HTTP interface of csmtp-testserver: JSON below /TOKEN/api/
// and the page of the inbox below /TOKEN/.
package web

import (
	"crypto/rand"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// maxWrite is the time limit for sending a response.
const maxWrite = time.Minute

// NewToken returns a random token for the addresses of an interface.
func NewToken() string { return strings.ToLower(rand.Text()) }

// Guard passes a request to inner if the path begins with "/" and the token, and removes
// both from the path. Guard refuses requests that a page of another site could have
// caused: those whose Host is not a name of the loopback interface with this port (DNS
// rebinding), or whose Origin is another server.
func Guard(token, port string, inner http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if !ownHost(r.Host, port) || !ownOrigin(r, port) {
			http.Error(w, "refused: the Host or Origin of the request is not this server", http.StatusForbidden)
			return
		}
		first, rest, found := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		if subtle.ConstantTimeCompare([]byte(first), []byte(token)) != 1 {
			http.Error(w, "not found: the address needs the token that the server has printed", http.StatusNotFound)
			return
		}
		if !found {
			http.Redirect(w, r, "/"+token+"/", http.StatusMovedPermanently)
			return
		}
		http.NewResponseController(w).SetWriteDeadline(time.Now().Add(maxWait + maxWrite))
		inside := r.Clone(r.Context())
		inside.URL.Path, inside.URL.RawPath = "/"+rest, ""
		inner.ServeHTTP(w, inside)
	})
}

// ownHost reports whether host is a name or an address of the loopback interface, with
// the server's port.
func ownHost(host, port string) bool {
	name, given, err := net.SplitHostPort(host)
	if err != nil || given != port {
		return false
	}
	if strings.EqualFold(name, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(name)
	return err == nil && address.IsLoopback()
}

// ownOrigin reports whether the request has no Origin, or the Origin of this server. It
// also checks Sec-Fetch-Site, in which browsers say where a request comes from.
func ownOrigin(r *http.Request, port string) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		return false
	}
	for _, origin := range r.Header.Values("Origin") {
		u, err := url.Parse(origin)
		if err != nil || u.Scheme != "http" || u.Host != r.Host || !ownHost(u.Host, port) {
			return false
		}
	}
	return true
}
