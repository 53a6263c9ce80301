// SPDX-License-Identifier: MIT

// Package web serves the HTTP interface of csmtp-testserver. The paths under /TOKEN/api/
// return JSON, and the other paths under /TOKEN/ belong to the page of the inbox.
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

// maxWrite is the time limit for writing a response.
const maxWrite = time.Minute

// NewToken returns a random token, which becomes part of the addresses of the HTTP
// interface.
func NewToken() string { return strings.ToLower(rand.Text()) }

// Guard returns a handler that passes requests to the handler 'inner'. It accepts a request only if the
// path begins with "/" and the token, and removes both from the path. It refuses requests
// that a page of another site could have caused: those whose Host is not a name of the
// loopback interface with this port (DNS rebinding), those whose Origin is another server,
// and those that another origin caused according to Sec-Fetch-Site.
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

// ownHost reports whether host is a name or an address of the loopback interface, followed
// by the server's port.
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

// ownOrigin reports whether the Origin of the request is this server or is missing. It also
// checks the field Sec-Fetch-Site, in which browsers say whether another site
// caused the request.
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
