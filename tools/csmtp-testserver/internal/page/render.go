// SPDX-License-Identifier: MIT

package page

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"csmtp/tools/csmtp-testserver/internal/store"
	"csmtp/tools/csmtp-testserver/internal/web"
)

// Preview shows one message that was not sent.
type Preview struct {
	Address string                     // the host:port on which to listen; "" for a free port of 127.0.0.1
	Open    func(address string) error // opens a browser; nil if none is opened
	Options Options
	Grace   time.Duration // how long Run waits after the browser has closed the page; 0 means 3 seconds
}

// Run prints the address of the page to out. It returns when the browser has closed the
// page, or when ctx ends.
func (v Preview) Run(ctx context.Context, message []byte, out io.Writer) error {
	if v.Address == "" {
		v.Address = "127.0.0.1:0"
	}
	if v.Grace == 0 {
		v.Grace = 3 * time.Second
	}
	listener, err := net.Listen("tcp", v.Address)
	if err != nil {
		return err
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return err
	}
	mails := store.New(store.Limits{}, "")
	mails.Received(store.Mail{Number: 1, Received: time.Now(), Size: int64(len(message)), Data: message}, store.Session{})
	v.Options.Preview = true
	page, token, key := New(mails, v.Options), web.NewToken(), rand.Text()
	base := "http://" + listener.Addr().String()
	path := "/" + token + "/"
	server := &http.Server{Handler: once("/open/"+key, path, web.Guard(token, port, page)), ReadHeaderTimeout: 10 * time.Second,
		MaxHeaderBytes: 64 << 10, ErrorLog: log.New(io.Discard, "", 0)}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	defer server.Close()
	if _, err := fmt.Fprintf(out, "%s%s\n", base, path); err != nil {
		return err
	}
	if v.Open != nil {
		if err := v.Open(base + "/open/" + key); err != nil {
			fmt.Fprintf(out, "No browser can be started (%v). Open the address above.\n", err)
		}
	}
	for {
		select {
		case err := <-failed:
			return err
		case <-ctx.Done():
			return nil
		case <-page.Left():
		}
		select { // a browser that reloads the page closes it and opens it again
		case <-ctx.Done():
			return nil
		case <-time.After(v.Grace):
		}
		if !page.Watched() {
			return nil
		}
	}
}

// once returns a handler that redirects the first GET request for 'path' to 'to', the address
// of the page, and passes all other requests to 'inner'. Every user of the machine can read
// the command line of the browser. So the command line contains 'path', and not the token.
func once(path, to string, inner http.Handler) http.Handler {
	var used atomic.Bool
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && r.URL.Path == path && used.CompareAndSwap(false, true) {
			protect(w.Header(), filePolicy)
			http.Redirect(w, r, to, http.StatusSeeOther)
			return
		}
		inner.ServeHTTP(w, r)
	})
}
