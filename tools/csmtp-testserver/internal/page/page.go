// SPDX-License-Identifier: MIT

// Package page shows the received mails in a browser.
package page

import (
	"net/http"

	"csmtp/tools/csmtp-testserver/internal/store"
)

// New returns the handler of the page. Its paths begin with "/": web.Guard has removed
// the token.
func New(mails *store.Store) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		for _, m := range mails.Mails() {
			w.Write([]byte(m.From + "\n"))
		}
	})
}
