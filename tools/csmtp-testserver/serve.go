// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"csmtp/smtp/smtptest"
	"csmtp/smtp/smtptest/certs"
	"csmtp/tools/csmtp-testserver/internal/page"
	"csmtp/tools/csmtp-testserver/internal/store"
	"csmtp/tools/csmtp-testserver/internal/web"

	"golang.org/x/net/netutil"
)

// instance is a running server.
type instance struct {
	*settings
	out   io.Writer
	mails *store.Store
	smtp  *smtptest.MailServer
	http  *http.Server
	url   string // the URL of the page, with its token

	mu  sync.Mutex // held while the report of a session is printed
	log *os.File   // the file sessions.jsonl, or nil
}

// serve runs the server until ctx is done. Options can end it earlier: after a time limit,
// at the end of the input, after a script was played, or after a number of mails.
func (s *settings) serve(ctx context.Context, in io.Reader, out io.Writer) error {
	removeFolder, err := s.prepare()
	if err != nil {
		return usageError{err}
	}
	defer removeFolder()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if s.limit > 0 {
		ctx, cancel = context.WithTimeout(ctx, s.limit)
		defer cancel()
	}
	if s.stdin {
		go func() {
			io.Copy(io.Discard, in)
			cancel()
		}()
	}
	i := &instance{settings: s, out: out, mails: store.New(s.limits, s.options.Folder)}
	if err := i.start(); err != nil {
		return err
	}
	defer i.stop()
	if err := s.writeReady(i); err != nil {
		return err
	}
	i.announce()
	return i.wait(ctx)
}

func (i *instance) start() error {
	if i.options.Folder != "" || i.dir != "" {
		log, err := os.OpenFile(filepath.Join(i.dir, "sessions.jsonl"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		i.log = log
	}
	i.options.Received, i.options.Ended = i.mails.Received, i.ended
	var err error
	if i.smtp, err = smtptest.NewMailServer(i.options); err != nil {
		i.stop()
		return err
	}
	i.mails.Begun = i.smtp.Begun
	if i.script != nil {
		if err := i.smtp.Play(i.script, i.mode); err != nil {
			i.stop()
			return err
		}
	}
	if err := i.startHTTP(); err != nil {
		i.stop()
		return err
	}
	return nil
}

// maxHTTP is the maximum number of HTTP connections at the same time. The limit leaves file
// descriptors for SMTP sessions. maxHTTP is a variable so that tests can change it.
var maxHTTP = 200

func (i *instance) startHTTP() error {
	listener, err := net.Listen("tcp", i.settings.http)
	if err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return err
	}
	token := web.NewToken()
	i.url = "http://" + listener.Addr().String() + "/" + token + "/"
	mux := http.NewServeMux()
	mux.Handle("/api/", http.StripPrefix("/api", web.NewAPI(i.mails, i.smtp)))
	mux.Handle("/", page.New(i.mails, page.Options{Keys: i.keys}))
	i.http = &http.Server{Handler: web.Guard(token, port, mux), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 30 * time.Second,
		MaxHeaderBytes: 64 << 10, ErrorLog: log.New(io.Discard, "", 0)}
	go i.http.Serve(netutil.LimitListener(listener, maxHTTP))
	return nil
}

func (i *instance) stop() {
	if i.http != nil {
		i.http.Close()
	}
	if i.smtp != nil {
		closed := make(chan struct{})
		go func() {
			i.smtp.Close()
			close(closed)
		}()
		select {
		case <-closed:
		case <-time.After(3 * time.Second): // perhaps nobody reads the dialogues that the server prints
		}
	}
	if i.log != nil {
		i.log.Close()
	}
}

// wait waits until the server must end.
func (i *instance) wait(ctx context.Context) error {
	if i.once {
		if err := i.smtp.WaitPlayed(ctx); err != nil {
			return err
		}
		// Give the client a second to close its connection.
		i.smtp.WaitIdle(0, time.Second)
		return nil
	}
	enough := make(chan error, 1)
	if i.count > 0 {
		go func() { enough <- i.smtp.WaitIdle(i.count, 1<<62) }()
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-enough:
		return err
	}
}

// ended stores the record of a session that has ended, appends it to sessions.jsonl, and
// prints the dialogue and the mails if the options permit this.
func (i *instance) ended(r smtptest.SessionRecord) {
	i.mails.Ended(r)
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.log != nil {
		if err := json.NewEncoder(i.log).Encode(r); err != nil {
			fmt.Fprintln(i.out, "* sessions.jsonl:", err)
		}
	}
	if !i.quiet {
		fmt.Fprintf(i.out, "=== session %d\n%s", r.Number, r.Dialogue.String())
	}
	if i.show {
		i.showMails(r.Number)
	}
}

// prepare sets the default limits, creates the folder, and writes the files with certificates
// and keys. It returns a function that removes the folder if it is a temporary one.
func (s *settings) prepare() (remove func(), err error) {
	remove = func() {}
	o := &s.options
	if o.MaxSessions == 0 {
		o.MaxSessions = 100
	}
	if o.MaxRecipients == 0 {
		o.MaxRecipients = 1000
	}
	o.MaxPending, o.MaxDialogue = 256<<20, 64<<10
	temporary := s.dir == ""
	if temporary {
		if s.dir, err = os.MkdirTemp("", "csmtp-testserver-"); err != nil {
			return remove, err
		}
		folder := s.dir
		remove = func() { os.RemoveAll(folder) }
	} else if err = s.prepareFolder(); err != nil {
		return remove, err
	}
	if info, err := os.Lstat(s.ready); err == nil && info.Mode().IsRegular() {
		os.Remove(s.ready) // of an earlier run
	}
	if s.caFile == "" {
		s.caFile = filepath.Join(s.dir, "ca.pem")
	}
	if s.caFile, err = filepath.Abs(s.caFile); err != nil {
		return remove, err
	}
	err = writeFile(s.caFile, smtptest.Authority().PEM(), 0o644)
	if err == nil && s.keyFile != "" {
		err = writeFile(s.keyFile, smtptest.Authority().KeyPEM(), 0o600)
	}
	if err == nil && s.client != "" {
		client := smtptest.Authority().Issue(certs.Client)
		err = writeFile(s.client, append(certs.CertificatePEM(client), certs.KeyPEM(client)...), 0o600)
	}
	if err != nil {
		remove()
	}
	return remove, err
}

// prepareFolder creates the folder of --dir if necessary, and removes the files that an
// earlier run of the server has left there.
func (s *settings) prepareFolder() (err error) {
	if s.dir, err = filepath.Abs(s.dir); err != nil {
		return err
	}
	mails := filepath.Join(s.dir, "mail")
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return err
	}
	if err := os.MkdirAll(mails, 0o700); err != nil {
		return err
	}
	for _, pattern := range []string{"ready", "sessions.jsonl", "mail/*.eml", "mail/*.json"} {
		old, err := filepath.Glob(filepath.Join(escaped(s.dir), pattern))
		if err != nil {
			return err
		}
		for _, file := range old {
			if err := os.Remove(file); err != nil {
				return err
			}
		}
	}
	if !s.options.Discard {
		s.options.Folder = mails
	}
	return nil
}

// writeFile writes a file with exactly this mode. It returns an error if path exists and is
// not a regular file. Other programs see either the complete file or no file.
func writeFile(path string, text []byte, mode os.FileMode) error {
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file", path)
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".coming-*") // with mode 0600
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	err = errors.Join(err, file.Chmod(mode), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		os.Remove(file.Name())
	}
	return err
}
