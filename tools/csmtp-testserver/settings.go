// SPDX-License-Identifier: MIT

package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"csmtp/smtp/smtptest"
	"csmtp/tools/csmtp-testserver/internal/dkim"
	"csmtp/tools/csmtp-testserver/internal/store"
)

// settings contains the values of the command line.
type settings struct {
	options smtptest.MailOptions
	limits  store.Limits
	dir     string
	caFile  string
	keyFile string
	client  string // file
	ready   string
	http    string
	show    bool
	quiet   bool
	stdin   bool
	once    bool
	limit   time.Duration
	count   int
	script  *smtptest.Script
	mode    smtptest.Mode
	render  bool
	file    string // the file with the message for --render; "" is standard input
	keys    dkim.Lookup
	badPair string // the option whose value is not LOGIN:SECRET, or ""

	action func(out io.Writer) error // what the program does in place of running a server, or nil
}

// usageError is an error in the command line, or in a file or folder that it names.
type usageError struct{ error }

// parse reads the command line.
func parse(args []string) (*settings, error) {
	s := &settings{http: "127.0.0.1:0"}
	f := s.flags()
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			s.action = func(out io.Writer) error { return printed(out, usage) }
			return s, nil
		}
		return nil, plain(err)
	}
	if s.badPair != "" { // an error from Parse would show the secret
		return nil, fmt.Errorf("option --%s: want LOGIN:SECRET", s.badPair)
	}
	switch {
	case f.NArg() > 1, f.NArg() > 0 && !s.render:
		return nil, fmt.Errorf("unexpected argument %q", f.Arg(f.NArg()-1))
	case s.limit < 0:
		return nil, errors.New("--for: the time must not be negative")
	case s.once && s.script == nil:
		return nil, errors.New("--once needs --script")
	case s.script != nil && !contains(s.script.Modes(), s.mode):
		return nil, fmt.Errorf("the script %s allows only the delivery mode %v", s.script.Name, s.script.Modes()[0])
	}
	s.file = f.Arg(0)
	return s, s.options.Check()
}

var flagErrors = []struct {
	text *regexp.Regexp
	as   string
}{
	{regexp.MustCompile(`(?s)^flag provided but not defined: -(.*)$`), "unknown option --$1"},
	{regexp.MustCompile(`(?s)^flag needs an argument: -(.*)$`), "option --$1 needs a value"},
	{regexp.MustCompile(`(?s)^invalid (?:boolean )?value (".*") for (?:flag )?-([a-z-]+): (.*)$`), "option --$2 $1: $3"},
}

// plain rewords an error that package flag has returned, in the style of the other
// programs.
func plain(err error) error {
	for _, e := range flagErrors {
		if e.text.MatchString(err.Error()) {
			return errors.New(e.text.ReplaceAllString(err.Error(), e.as))
		}
	}
	return err
}

func contains(modes []smtptest.Mode, mode smtptest.Mode) bool {
	for _, m := range modes {
		if m == mode {
			return true
		}
	}
	return false
}

func printed(out io.Writer, text string) error {
	_, err := io.WriteString(out, text)
	return err
}

// flags returns the options of the command line. A test checks that usage describes the
// same options.
func (s *settings) flags() *flag.FlagSet {
	o := &s.options
	f := flag.NewFlagSet("csmtp-testserver", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.Usage = func() {}

	f.StringVar(&o.Host, "host", "127.0.0.1", "")
	f.Func("port", "", port(&o.Port))
	f.Func("tls-port", "", port(&o.TLSPort))
	f.StringVar(&o.UnixSocket, "unix", "", "")
	f.BoolVar(&o.LMTP, "lmtp", false, "")
	f.Func("http", "", s.setHTTP)

	f.Func("user", "", s.pair("user", &o.Users))
	f.Func("token", "", s.pair("token", &o.Tokens))
	f.Func("mechanisms", "", names(&o.Mechanisms))
	f.Func("refuse-mechanisms", "", names(&o.Unserved))
	f.BoolVar(&o.NoAuth, "no-auth", false, "")
	f.BoolVar(&o.AuthFirst, "require-login", false, "")

	f.StringVar(&o.Certificate, "certificate", "", "")
	f.StringVar(&o.NewestTLS, "newest-tls", "", "")
	f.BoolVar(&o.ModernTLS, "modern-tls", false, "")
	f.BoolVar(&o.TLSFirst, "require-tls", false, "")
	f.StringVar(&s.caFile, "ca-file", "", "")
	f.StringVar(&s.keyFile, "ca-key-file", "", "")
	f.StringVar(&s.client, "client-file", "", "")

	f.Func("hide", "", list(&o.Hide))
	f.Func("extra", "", list(&o.Extra))
	f.Func("max-size", "", octets(&o.MaxSize))
	f.Func("fault", "", func(v string) error {
		fault, err := smtptest.ParseFault(v)
		o.Faults = append(o.Faults, fault)
		return err
	})
	f.Func("script", "", func(v string) (err error) {
		s.script, err = findScript(v)
		return err
	})
	f.Func("delivery", "", func(v string) (err error) {
		s.mode, err = smtptest.ParseMode(v)
		return err
	})
	f.BoolVar(&s.once, "once", false, "")
	f.BoolFunc("list-scripts", "", func(string) error { s.action = listScripts; return nil })
	f.Func("print-script", "", func(v string) error {
		text, err := smtptest.ScriptText(v)
		s.action = func(out io.Writer) error { return printed(out, text) }
		return err
	})

	f.StringVar(&s.dir, "dir", "", "")
	f.StringVar(&s.ready, "ready", "", "")
	f.BoolVar(&o.Discard, "discard", false, "")
	f.Func("keep", "", positive(&s.limits.Mails))
	f.Func("keep-size", "", octets(&s.limits.Octets))
	f.Func("max-sessions", "", positive(&o.MaxSessions))
	f.Func("max-recipients", "", positive(&o.MaxRecipients))

	f.BoolVar(&s.render, "render", false, "")
	f.Func("dkim-keys", "", func(v string) error {
		text, err := os.ReadFile(v)
		if err == nil {
			s.keys, err = dkim.ParseRecords(string(text))
		}
		return err
	})
	f.BoolVar(&s.show, "show", false, "")
	f.BoolVar(&s.quiet, "quiet", false, "")
	f.DurationVar(&s.limit, "for", 0, "")
	f.Func("count", "", positive(&s.count))
	f.BoolVar(&s.stdin, "stdin", false, "")
	f.BoolFunc("version", "", func(string) error {
		s.action = func(out io.Writer) error { return printed(out, "csmtp-testserver "+version+"\n") }
		return nil
	})
	return f
}

// setHTTP parses PORT or ADDRESS:PORT. The address must be one of the loopback interface,
// because the HTTP interface can change the server.
func (s *settings) setHTTP(v string) error {
	if _, err := strconv.ParseUint(v, 10, 16); err == nil {
		v = "127.0.0.1:" + v
	}
	v = strings.Replace(v, "localhost:", "127.0.0.1:", 1)
	at, err := netip.ParseAddrPort(v)
	if err != nil {
		return errors.New("want PORT or ADDRESS:PORT")
	}
	if !at.Addr().IsLoopback() {
		return errors.New("want an address of the loopback interface, such as 127.0.0.1:8025")
	}
	s.http = v
	return nil
}

func port(to *int) func(string) error {
	return func(v string) error {
		n, err := strconv.ParseUint(v, 10, 16)
		if err != nil {
			return errors.New("want a port from 0 to 65535")
		}
		*to = int(n)
		return nil
	}
}

func positive(to *int) func(string) error {
	return func(v string) error {
		n, err := strconv.ParseUint(v, 10, 31)
		if err != nil || n == 0 {
			return errors.New("want a number of at least 1")
		}
		*to = int(n)
		return nil
	}
}

func octets(to *int64) func(string) error {
	return func(v string) error {
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil || n <= 0 {
			return errors.New("want a number of octets, at least 1")
		}
		*to = n
		return nil
	}
}

func names(to *[]string) func(string) error {
	return func(v string) error {
		*to = []string{} // not nil, because nil stands for all
		for _, name := range strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == ',' }) {
			*to = append(*to, strings.ToUpper(name))
		}
		return nil
	}
}

func list(to *[]string) func(string) error {
	return func(v string) error {
		*to = append(*to, v)
		return nil
	}
}

// pair returns a function that parses LOGIN:SECRET.
func (s *settings) pair(option string, to *map[string]string) func(string) error {
	return func(v string) error {
		login, secret, found := strings.Cut(v, ":")
		if !found || login == "" {
			s.badPair = option
			return nil
		}
		if *to == nil {
			*to = map[string]string{}
		}
		(*to)[login] = secret
		return nil
	}
}

// findScript returns the script in the file v. If there is no such file, and v has neither a
// folder nor an extension, it returns the built-in script with the name v.
func findScript(v string) (*smtptest.Script, error) {
	if _, err := os.Stat(v); err != nil && filepath.Base(v) == v && filepath.Ext(v) == "" {
		return smtptest.ReadyScript(v)
	}
	return smtptest.Load(v)
}

func listScripts(out io.Writer) error {
	for _, name := range smtptest.ReadyScripts() {
		script, err := smtptest.ReadyScript(name)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "%-26s %s\n", name, script.Header.Get("description")); err != nil {
			return err
		}
	}
	return nil
}
