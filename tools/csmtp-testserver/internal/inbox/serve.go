// SPDX-License-Identifier: MIT

package inbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"time"
)

// Serve answers requests on l until ctx ends.
func Serve(ctx context.Context, l net.Listener, page *Page) error {
	server := &http.Server{Handler: page, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: log.New(io.Discard, "", 0)}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	page.Close()
	ending, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if server.Shutdown(ending) != nil {
		server.Close()
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// RenderOptions configure Render.
type RenderOptions struct {
	Address string // host:port to listen on; "127.0.0.1:0" if empty
	Browser bool   // open a browser
	Page    Options
	// Grace is the time after which Render returns when the browser has closed the page.
	Grace time.Duration
}

// Render shows a message that was not sent. It prints the address of the page to out, and
// returns when ctx ends or the browser has closed the page.
func Render(ctx context.Context, message []byte, o RenderOptions, out io.Writer) error {
	if o.Address == "" {
		o.Address = "127.0.0.1:0"
	}
	if o.Grace == 0 {
		o.Grace = 3 * time.Second
	}
	l, err := net.Listen("tcp", o.Address)
	if err != nil {
		return err
	}
	o.Page.Listener, o.Page.Preview = l.Addr().String(), true
	page := New(&one{Mail{Number: 1, Received: time.Now(), Data: message}}, o.Page)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	result := make(chan error, 1)
	go func() { result <- Serve(ctx, l, page) }()
	base := "http://" + l.Addr().String()
	if _, err := fmt.Fprintf(out, "%s%s\n", base, page.Path()); err != nil {
		cancel()
		<-result
		return err
	}
	if o.Browser {
		if err := Open(base + page.Once()); err != nil {
			fmt.Fprintf(out, "No browser could be started (%v). Open the address above.\n", err)
		}
	}
	for {
		select {
		case err := <-result:
			return err
		case <-page.Left():
			select {
			case err := <-result:
				return err
			case <-time.After(o.Grace): // a reload opens the page again
			}
			if !page.Watched() {
				cancel()
				return <-result
			}
		}
	}
}

// one is a store of one mail, which never changes.
type one struct{ mail Mail }

func (o *one) Mails() []Mail            { return []Mail{o.mail} }
func (o *one) Dialogue(int) []string    { return nil }
func (o *one) Changed() <-chan struct{} { return nil }
func (o *one) Clear()                   {}

// Open opens an address in the user's browser: the program in the environment variable
// BROWSER or, if it is not set, the system's choice.
func Open(address string) error {
	var commands [][]string
	if browser := os.Getenv("BROWSER"); browser != "" {
		commands = append(commands, []string{browser})
	}
	switch runtime.GOOS {
	case "windows":
		commands = append(commands, []string{"rundll32.exe", "url.dll,FileProtocolHandler"})
	case "darwin":
		commands = append(commands, []string{"open"})
	default:
		commands = append(commands, []string{"xdg-open"}, []string{"sensible-browser"})
	}
	var all error
	for _, c := range commands {
		cmd := exec.Command(c[0], append(c[1:], address)...)
		err := cmd.Start()
		if err == nil {
			go cmd.Wait()
			return nil
		}
		all = errors.Join(all, err)
	}
	return all
}
