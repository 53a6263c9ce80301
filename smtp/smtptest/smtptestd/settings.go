// SPDX-License-Identifier: MIT

package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"csmtp/smtp/smtptest"
)

// settings contains the values of the command line.
type settings struct {
	dir     string
	options smtptest.MailOptions
	show    bool
	quiet   bool
	stdin   bool
	limit   time.Duration
	count   int
	script  string
	mode    smtptest.Mode
}

func parse(args []string, errOut io.Writer) (*settings, error) {
	s := &settings{}
	o := &s.options
	f := flag.NewFlagSet("smtptestd", flag.ContinueOnError)
	f.SetOutput(errOut)
	f.StringVar(&s.dir, "dir", "", "`folder` for ready, ca.pem and mails; created if it does not exist")
	f.BoolVar(&s.show, "show", false, "print each mail")
	f.BoolVar(&s.quiet, "quiet", false, "print no dialogue")
	f.BoolVar(&s.stdin, "stdin", false, "exit at the end of standard input")
	f.DurationVar(&s.limit, "for", 0, "exit after this `time`, such as 30s")
	f.IntVar(&s.count, "deliver-count", 0, "exit when `N` mails have been received and no session is open")
	f.StringVar(&s.script, "script", "", "play this transcript `file`")
	f.Func("mode", "`mode` of writing the output of the script: whole, line or byte", func(v string) (err error) {
		s.mode, err = smtptest.ParseMode(v)
		return err
	})

	f.StringVar(&o.Host, "host", "127.0.0.1", "loopback `address` to listen on")
	f.Func("users", "accept `login:password`, may repeat; default alice@test.example:s3cret pass", pair(&o.Users))
	f.Func("tokens", "accept `login:token`, may repeat; default alice@test.example:good-token", pair(&o.Tokens))
	f.Func("mechanisms", "`names` of the SASL mechanisms offered, separated by spaces or commas", func(v string) error {
		o.Mechanisms = strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == ',' })
		return nil
	})
	f.Func("unserved", "`names` of mechanisms that are offered but refused, separated by spaces or commas", func(v string) error {
		o.Unserved = strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == ',' })
		return nil
	})
	f.BoolVar(&o.NoAuth, "no-auth", false, "do not offer AUTH")
	f.BoolVar(&o.AuthFirst, "auth-first", false, "refuse MAIL before a login")
	f.BoolVar(&o.TLSFirst, "tls-first", false, "refuse AUTH and MAIL without TLS")
	f.Func("hide", "do not offer this `keyword`, may repeat", list(&o.Hide))
	f.Func("extra", "additional EHLO `line`, such as \"LIMITS RCPTMAX=10\", may repeat", list(&o.Extra))
	f.Int64Var(&o.MaxSize, "max-size", 0, "size limit of a mail in `octets`; 0 means 64 MiB")
	f.BoolVar(&o.LMTP, "lmtp", false, "speak LMTP")
	f.StringVar(&o.UnixSocket, "unix", "", "also listen on the Unix socket `path`")
	f.StringVar(&o.Certificate, "certificate", "", "`kind` of certificate: good, expired, self-signed, wrong-host ...")
	f.StringVar(&o.NewestTLS, "newest-tls", "", "newest `version` of TLS: 1.0 to 1.3")
	f.BoolVar(&o.ModernTLS, "modern-tls", false, "refuse TLS 1.1 and older")
	f.BoolVar(&o.Discard, "discard", false, "keep no content")
	f.Func("fault", "misbehave as in `step: what`, may repeat: \"end of data#1: close\", \"RCPT: 452 4.2.2 Full\", \"body+100: reset\", \"byte\", \"latency 20ms\", \"close after 2\"", func(v string) error {
		fault, err := smtptest.ParseFault(v)
		o.Faults = append(o.Faults, fault)
		return err
	})
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	switch {
	case f.NArg() > 0:
		return nil, fmt.Errorf("unexpected argument %q", f.Arg(0))
	case s.dir == "":
		return nil, errors.New("missing option -dir FOLDER")
	}
	return s, nil
}

func list(to *[]string) func(string) error {
	return func(v string) error {
		*to = append(*to, v)
		return nil
	}
}

// pair returns a function that parses login:secret. Its error does not contain the secret.
func pair(to *map[string]string) func(string) error {
	return func(v string) error {
		login, secret, found := strings.Cut(v, ":")
		if !found || login == "" {
			return errors.New("want login:secret")
		}
		if *to == nil {
			*to = map[string]string{}
		}
		(*to)[login] = secret
		return nil
	}
}

func (s *settings) path(name string) string { return filepath.Join(s.dir, name) }

// prepare creates the folder and removes the files of an earlier run.
func (s *settings) prepare() error {
	var err error
	if s.dir, err = filepath.Abs(s.dir); err != nil {
		return err
	}
	if err := os.MkdirAll(s.path("mail"), 0o755); err != nil {
		return err
	}
	for _, pattern := range []string{"ready", "sessions.jsonl", "mail/*.eml", "mail/*.json"} {
		old, err := filepath.Glob(s.path(pattern))
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
		s.options.Folder = s.path("mail")
	}
	_, err = smtptest.WriteCA(s.dir)
	return err
}
