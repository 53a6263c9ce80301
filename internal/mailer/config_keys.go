// SPDX-License-Identifier: MIT

package mailer

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"csmtp/smtp"
	"csmtp/smtp/oauth"
	"csmtp/smtp/secret"
)

// configKeys lists the keys that a configuration file may contain.
var configKeys = []string{
	"server", "port", "security", "authenticate", "login", "password", "auth-mechanism", "login-required",
	"oauth2-grant", "oauth2-token-url", "oauth2-client-id", "oauth2-client-secret", "oauth2-refresh-token", "oauth2-scope",
	"oauth2-certificate", "oauth2-key", "oauth2-key-passphrase", "oauth2-algorithm", "oauth2-assertion-file",
	"oauth2-service-account", "oauth2-mailbox", "oauth2-metadata-url", "oauth2-signer-url",
	"oauth2-token-file",
	"ca-file", "ca-directory", "client-certificate", "client-key", "key-passphrase", "verify", "pinned-public-key", "tls-min-version", "tls-server-name",
	"proxy", "transport", "transport-endpoint", "local-host-name", "charset", "extensions-off", "server-pause", "log-file",
	"record-file", "record-contents",
}

// unknown returns the error for an unknown key. The error does not show the key: in a line
// such as "password hunter2 = x", the key contains a secret.
func (c *configuration) unknown(key string) error {
	if near := nearestKey(key); near != "" {
		return c.wrong("unknown key: did you mean %s?", near)
	}
	return c.wrong("unknown key: use one of %s", strings.Join(configKeys, ", "))
}

// wrongValue returns the error for a wrong value of a key. The error does not show any of
// 'values', or a word in them.
func (c *configuration) wrongValue(key string, err error, values ...string) error {
	var hidden secret.Set
	for _, value := range values {
		hidden.Add(value)
		hidden.Add(strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(" \t,;/", r) })...)
	}
	return c.wrong("%s: %s", key, hidden.Hide(err.Error()))
}

// nearestKey returns the valid key that is most similar to a misspelt key. It returns "" if
// none is similar.
func nearestKey(key string) string {
	key = strings.ReplaceAll(strings.ToLower(key), "_", "-")
	best, least := "", 3
	for _, known := range configKeys {
		if rest, ok := strings.CutPrefix(key, known); ok && (rest == "" || !isLetter(rest[0])) {
			return known
		}
		if d := distance(key, known); d < least && 3*d <= len(known) {
			best, least = known, d
		}
	}
	return best
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || c == '-' }

// distance returns the smallest number of octets to insert, delete or change to turn 'a' into
// b. If 'a' is much longer than b, it returns the length of 'a'.
func distance(a, b string) int {
	if len(a) > 2*len(b)+3 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}

// checkText returns an error if a value contains a control character and is not a secret, or
// if the key needs a host name, a list of servers or an absolute path and the value is not
// one. It stores the paths that checkFiles checks. The error does not show the value, which
// may be a secret. Without this check, a later error would show the value.
func (c *configuration) checkText(key, value string) error {
	if value == "" {
		return nil
	}
	if name, place := smtp.FindControl(value); place > 0 && !holdsSecret(key, "") {
		return c.wrong("%s: the value has a %s at octet %d", key, name, place)
	}
	switch key {
	case "ca-file", "ca-directory", "client-certificate", "client-key", "oauth2-certificate", "oauth2-key", "oauth2-service-account":
		c.files = append(c.files, namedFile{key, value, c.line})
		return nil
	case configTokenFile:
		if !filepath.IsAbs(value) {
			return c.wrong("%s: the value must be an absolute path", key)
		}
		c.files = append(c.files, namedFile{key, filepath.Dir(value), c.line})
		return nil
	case "server", "tls-server-name", "local-host-name":
	default:
		return nil
	}
	if strings.HasPrefix(value, "unix:") && key == "server" {
		return nil
	}
	odd := func(r rune) bool {
		return r < 0x80 && !strings.ContainsRune("-._:[]%, /", r) && (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z')
	}
	if key != "server" && strings.ContainsAny(value, " ,/") || strings.ContainsFunc(value, odd) {
		return c.wrong("%s: the value is not a host name", key)
	}
	if key == "server" {
		if _, err := parseServers(value, 0, noSecurity); err != nil {
			return c.wrong("server: the value must be host, host:port, or several of these separated by commas")
		}
	}
	return nil
}

// checkFiles returns an error if a file or folder that a key names does not exist. The token
// file itself need not exist, but its folder must. The error does not show the value, which
// may be a secret. Without this check, a later error would show the value.
func (c *configuration) checkFiles() error {
	for _, f := range c.files {
		if _, err := os.Stat(f.path); err != nil {
			var cause *fs.PathError
			if errors.As(err, &cause) {
				err = cause.Err
			}
			c.line = f.line
			return c.wrong("%s: %v", f.key, err)
		}
	}
	return nil
}

// namedFile is a file or folder that a line of the configuration file names.
type namedFile struct {
	key, path string
	line      int
}

// The environment variable CSMTP_CONFIG names a file with which an administrator
// changes how a program reaches its server, without changing the program. Each section
// is named after a server, and its settings replace those of the program.
//
//	[smtp.office365.com]
//	port = 587
//	security = starttls
//	auth-mechanism = XOAUTH2
//	oauth2-token-url = microsoft:contoso.example
//	oauth2-client-id = ...
//	oauth2-client-secret = ...
const configVariable = "CSMTP_CONFIG"

const (
	mostConfig = 1 << 20 // octets of the file
	notRegular = "it is not a regular file"
)

// configuration reads a configuration file and applies the sections for one server to
// settings.
type configuration struct {
	path     string
	line     int
	settings *settings
	grant    oauth.Config
	grantFiles
	tokenURL      string
	kind          string
	grantAt       int  // the line of oauth2-token-url; if there is none, the line of the grant's last key
	secret        bool // whether any section of the file contains a secret
	transportLine int  // the last line that set the key transport, or 0
	logLine       int  // the last line that set the key log-file, or 0
	recordLine    int  // the last line that set the key record-file, or 0
	files         []namedFile

	certificate, key, passphrase string // of the client
}

// useKeys sets the client's certificate, its key and the pass phrase. It is called after all
// keys of the file have been read, so that their order does not matter.
func (c *configuration) useKeys() error {
	t := &c.settings.trust
	if c.certificate != "" {
		t.certificate, t.key, t.keyPassphrase = c.certificate, "", ""
	}
	if c.key != "" && t.certificate == "" {
		return Faultf(badConfig, "%s: %s: client-key needs client-certificate", configVariable, c.path)
	}
	if c.key != "" {
		t.key = c.key
	}
	if c.passphrase != "" {
		t.keyPassphrase, t.caPassphrase = c.passphrase, c.passphrase
	}
	return nil
}

func (c *configuration) wrong(format string, args ...any) error {
	return Faultf(badConfig, "%s: %s, line %d: "+format, append([]any{configVariable, c.path, c.line}, args...)...)
}

// The keys of a configuration file that make the client log in with a token.
const (
	configToken     = "oauth2-token-url"
	configTokenFile = "oauth2-token-file"
)
