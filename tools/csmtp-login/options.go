// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"csmtp/smtp/oauth"
)

// options contains the values of the command line.
type options struct {
	provider, account string

	clientID, secretFile, clientFile string
	tenant, cloud                    string
	method                           string
	noBrowser                        bool
	port                             uint16
	tokenFile                        string
	force                            bool
	timeout                          time.Duration
	scope, server, transport         string
	authURL, deviceURL, tokenURL     string
	caFile, proxy                    string
	help, version                    bool
}

// option is an option of the command line. Its function 'set' is called with the value of
// the option, or with "" if the option has no value.
type option struct {
	name, value, help string
	set               func(o *options, value string) error
}

func text(field func(*options) *string) func(*options, string) error {
	return func(o *options, value string) error { *field(o) = value; return nil }
}

func flag(field func(*options) *bool) func(*options, string) error {
	return func(o *options, _ string) error { *field(o) = true; return nil }
}

// optionTable returns the options in the order in which --help shows them.
func optionTable() []option {
	return []option{
		{"client-id", "ID", "client id of the application that is registered at the\nprovider", text(func(o *options) *string { return &o.clientID })},
		{"client-secret-file", "FILE", "the first line of FILE is the client secret, if the\napplication has one", text(func(o *options) *string { return &o.secretFile })},
		{"client-file", "FILE", "JSON file from Google for the application, instead of the\ntwo options above", text(func(o *options) *string { return &o.clientFile })},
		{"tenant", "TENANT", "Microsoft's tenant [the domain of ACCOUNT]", text(func(o *options) *string { return &o.tenant })},
		{"cloud", "NAME", "Microsoft's cloud: global, us-government, us-dod or\nchina [global]", func(o *options, value string) error {
			if _, ok := clouds[value]; !ok {
				return usagef("--cloud: the value must be %s", cloudNames)
			}
			o.cloud = value
			return nil
		}},
		{"method", "NAME", "browser: log in on this computer; device: log in with a\ncode, on any computer or phone [device in an ssh session\nor without a display, else browser]", func(o *options, value string) error {
			if value != "browser" && value != "device" {
				return usagef("--method: the value must be browser or device")
			}
			o.method = value
			return nil
		}},
		{"no-browser", "", "print the address and do not open a browser", flag(func(o *options) *bool { return &o.noBrowser })},
		{"port", "N", "port on which the program waits for the browser [any]", func(o *options, value string) error {
			n, err := strconv.ParseUint(value, 10, 16)
			if err != nil || n == 0 {
				return usagef("--port: the value must be a number from 1 to 65535")
			}
			o.port = uint16(n)
			return nil
		}},
		{"token-file", "FILE", "file for the tokens [ACCOUNT.token in the folder csmtp of\nthe user's configuration folder]", text(func(o *options) *string { return &o.tokenFile })},
		{"force", "", "replace FILE even if it is not a token file", flag(func(o *options) *bool { return &o.force })},
		{"timeout", "SECONDS", "time limit for the login [600]", func(o *options, value string) error {
			n, err := strconv.ParseUint(value, 10, 16)
			if err != nil || n == 0 {
				return usagef("--timeout: the value must be a number from 1 to 65535")
			}
			o.timeout = time.Duration(n) * time.Second
			return nil
		}},
		{"scope", "SCOPE", "scope of the tokens, if PROVIDER is \"other\"", text(func(o *options) *string { return &o.scope })},
		{"transport", "NAME", "how csmtp will send: smtp, microsoft-graph or gmail-api\n[smtp]", func(o *options, value string) error {
			if value != "smtp" && value != "microsoft-graph" && value != "gmail-api" {
				return usagef("--transport: the value must be smtp, microsoft-graph or gmail-api")
			}
			o.transport = value
			return nil
		}},
		{"server", "HOST", "SMTP server, for the lines of the configuration", text(func(o *options) *string { return &o.server })},
		{"auth-url", "URL", "authorization endpoint, only if PROVIDER is \"other\",\nor for tests", text(func(o *options) *string { return &o.authURL })},
		{"device-url", "URL", "device authorization endpoint, only if PROVIDER is\n\"other\", or for tests", text(func(o *options) *string { return &o.deviceURL })},
		{"token-url", "URL", "token endpoint, only if PROVIDER is \"other\", or for\ntests", text(func(o *options) *string { return &o.tokenURL })},
		{"ca-file", "FILE", "PEM file of certificate authorities to trust in addition\nto the system's", text(func(o *options) *string { return &o.caFile })},
		{"proxy", "URL", "http:// or socks5:// proxy [HTTPS_PROXY in the environment]", text(func(o *options) *string { return &o.proxy })},
		{"help", "", "print this help", flag(func(o *options) *bool { return &o.help })},
		{"version", "", "print the version", flag(func(o *options) *bool { return &o.version })},
	}
}

func usage() string {
	var b strings.Builder
	b.WriteString("Usage: csmtp-login [OPTIONS] PROVIDER ACCOUNT\n\n" +
		"Logs in to the mailbox ACCOUNT in a web browser. PROVIDER is microsoft, google or\n" +
		"other. Writes a file with tokens for csmtp, and prints the lines to add to the\n" +
		"configuration file of csmtp, so that csmtp uses the tokens.\n\n")
	const column = 30
	for _, o := range optionTable() {
		left := "      --" + o.name
		if o.name == "help" {
			left = "  -h, --help"
		}
		if o.value != "" {
			left += " " + o.value
		}
		if len(left) < column {
			left += strings.Repeat(" ", column-len(left))
		} else {
			left += "\n" + strings.Repeat(" ", column)
		}
		b.WriteString(left + strings.ReplaceAll(o.help, "\n", "\n"+strings.Repeat(" ", column)) + "\n")
	}
	return b.String()
}

// parse parses the command line. Its errors show no values of options, because a value may
// be a secret.
func parse(args []string) (*options, error) {
	o := &options{cloud: "global", transport: "smtp", timeout: 10 * time.Minute}
	var operands []string
	for i := 0; i < len(args); i++ {
		arg := args[i]
		switch {
		case arg == "--":
			operands = append(operands, args[i+1:]...)
			i = len(args)
		case arg == "-h":
			o.help = true
		case strings.HasPrefix(arg, "-") && arg != "-":
			name, value, attached := strings.Cut(arg, "=")
			known := find(name)
			switch {
			case known == nil:
				return nil, usagef("unknown option %s (see --help)", name)
			case known.value == "" && attached:
				return nil, usagef("%s takes no value", name)
			case known.value != "" && !attached && i+1 == len(args):
				return nil, usagef("%s needs a value: %s", name, known.value)
			case known.value != "" && !attached:
				i++
				value = args[i]
			}
			if err := known.set(o, value); err != nil {
				return nil, err
			}
		default:
			operands = append(operands, arg)
		}
	}
	if o.help || o.version {
		return o, nil
	}
	if len(operands) != 2 {
		return nil, usagef("expected PROVIDER and ACCOUNT (see --help)")
	}
	o.provider, o.account = operands[0], operands[1]
	return o, nil
}

func find(name string) *option {
	for _, o := range optionTable() {
		if "--"+o.name == name {
			return &o
		}
	}
	return nil
}

// settings contains the values of the command line and those of the provider.
type settings struct {
	provider
	config    oauth.Config
	transport string
}

// settings checks the options, and returns them together with the values of the provider.
func (o *options) settings(env func(string) string) (*settings, error) {
	at := strings.LastIndexByte(o.account, '@')
	if at < 1 || at == len(o.account)-1 || len(o.account) > 320 || strings.ContainsFunc(o.account, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return nil, usagef("ACCOUNT must be the address of a mailbox, such as alice@example.com")
	}
	p, err := o.findProvider()
	if err != nil {
		return nil, err
	}
	s := &settings{provider: p, transport: o.transport}
	c := &s.config
	c.Account, c.Endpoint, c.Scope, c.Proxy = o.account, p.tokenURL, p.scope, o.proxy
	if err := o.client(c); err != nil {
		return nil, err
	}
	if c.ClientID == "" {
		return nil, usagef("--client-id is missing: set the client id of the application that you have registered at the provider")
	}
	if o.caFile != "" {
		if c.ExtraRoots, err = readFile("--ca-file", o.caFile, 16<<20); err != nil {
			return nil, err
		}
		if !bytes.Contains(c.ExtraRoots, []byte("-----BEGIN CERTIFICATE-----")) {
			return nil, usagef("--ca-file: %s contains no PEM certificate", o.caFile)
		}
	}
	c.TokenFile, err = o.file(env)
	return s, err
}

func (o *options) findProvider() (provider, error) {
	var p provider
	switch o.provider {
	case "microsoft", "microsoft365", "office365", "outlook":
		tenant := o.tenant
		if tenant == "" {
			tenant = tenantOf(o.account)
		}
		if _, err := oauth.Microsoft365(tenant); err != nil {
			return p, usagef("--tenant: the value is neither the id of a tenant nor a domain")
		}
		p = microsoft(clouds[o.cloud], tenant, o.transport)
	case "google", "gmail":
		p = google()
	case "other":
		p.redirect = "127.0.0.1"
	default:
		return p, usagef("unknown provider: use microsoft, google or other")
	}
	if o.provider == "other" && (o.tokenURL == "" || o.authURL == "" && o.deviceURL == "") {
		return p, usagef("the provider \"other\" needs --token-url and either --auth-url or --device-url")
	}
	for _, f := range []struct {
		given string
		field *string
	}{{o.authURL, &p.authURL}, {o.deviceURL, &p.deviceURL}, {o.tokenURL, &p.tokenURL}, {o.scope, &p.scope}, {o.server, &p.server}} {
		if f.given != "" {
			*f.field = f.given
		}
	}
	switch {
	case o.transport == "microsoft-graph" && p.redirect != "localhost", o.transport == "gmail-api" && o.provider != "google" && o.provider != "gmail":
		return p, usagef("--transport: the provider does not have this service")
	case o.method == "device" && p.deviceURL == "" && strings.HasPrefix(o.provider, "g"):
		return p, usagef("--method device: Google does not issue tokens for mail this way; use --method browser (with --no-browser, the address is only printed)")
	case o.method == "device" && p.deviceURL == "":
		return p, usagef("--method device needs --device-url")
	case o.method == "browser" && p.authURL == "":
		return p, usagef("--method browser needs --auth-url")
	case strings.ContainsFunc(p.server, func(r rune) bool { return r <= ' ' || r == 0x7f || r == ']' }):
		return p, usagef("--server: the value must be the name of a host")
	}
	return p, nil
}

// client sets the client id and secret.
func (o *options) client(c *oauth.Config) error {
	c.ClientID = o.clientID
	if o.secretFile != "" {
		content, err := readFile("--client-secret-file", o.secretFile, 64<<10)
		if err != nil {
			return err
		}
		line, _, _ := strings.Cut(string(content), "\n")
		if c.ClientSecret = strings.TrimSpace(line); c.ClientSecret == "" {
			return usagef("--client-secret-file: the first line of the file is empty")
		}
	}
	if o.clientFile == "" {
		return nil
	}
	content, err := readFile("--client-file", o.clientFile, 64<<10)
	if err != nil {
		return err
	}
	var f struct {
		Installed struct {
			ID     string `json:"client_id"`
			Secret string `json:"client_secret"`
		} `json:"installed"`
	}
	if json.Unmarshal(content, &f) != nil || f.Installed.ID == "" {
		return usagef("--client-file: the file is not the JSON file of an OAuth client of the type desktop application: create such a client")
	}
	c.ClientID, c.ClientSecret = f.Installed.ID, f.Installed.Secret
	return nil
}

func readFile(name, path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, usagef("%s: %v", name, err)
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(content)) > most {
		err = fmt.Errorf("%s is too large", path)
	}
	if err != nil {
		return nil, usagef("%s: %v", name, err)
	}
	return content, nil
}

// file returns the absolute path of the token file.
func (o *options) file(env func(string) string) (string, error) {
	path := o.tokenFile
	if path == "" {
		folder, err := os.UserConfigDir()
		if dir := env("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
			folder, err = dir, nil
		}
		if err != nil {
			return "", usagef("the folder for the token file is unknown: set --token-file")
		}
		path = filepath.Join(folder, "csmtp", fileName(o.account)+".token")
	}
	path, err := filepath.Abs(path)
	if err != nil || strings.TrimSpace(path) != path || strings.ContainsAny(path, "\r\n\x00") {
		return "", usagef("--token-file: the path contains a line end, or ends with a space")
	}
	return path, nil
}

// fileName returns a file name for a mailbox.
func fileName(account string) string {
	name := strings.Map(func(r rune) rune {
		if r < 0x80 && !strings.ContainsRune("@._+-", r) && (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z') {
			return '_'
		}
		return r
	}, strings.ToLower(account))
	return strings.TrimLeft(name, ".-")
}

// makeFolder creates the folder of the token file with mode 0700.
func makeFolder(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		var cause *os.PathError
		if errors.As(err, &cause) {
			return usagef("the folder of the token file cannot be created: %v", cause)
		}
		return usagef("the folder of the token file cannot be created: %v", err)
	}
	return nil
}
