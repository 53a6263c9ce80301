// SPDX-License-Identifier: MIT

package mailer

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"

	"csmtp/smtp/message"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// configured returns the program's settings after applying the sections of the
// configuration file that are for the server in the settings. It does not change 'own'. It
// also returns warnings about the file, for the log.
func configured(own *settings) (_ *settings, warnings []string, err error) {
	path := os.Getenv(configVariable)
	if path == "" || privileged() {
		return own, nil, nil
	}
	text, open, foreign, err := readConfig(path)
	if err != nil {
		return nil, nil, err
	}
	s := *own
	c := configuration{path: path, settings: &s}
	if err := c.read(text); err != nil {
		return nil, nil, err
	}
	if open != "" && c.secret {
		warnings = append(warnings, fmt.Sprintf("%s: %s contains secrets, and %s", configVariable, path, open))
	}
	if foreign != "" && c.transportLine > 0 {
		c.line = c.transportLine
		return nil, nil, c.wrong("transport cannot be set in this file, because %s", foreign)
	}
	if err := c.useKeys(); err != nil {
		return nil, nil, err
	}
	if err := c.checkFiles(); err != nil {
		return nil, nil, err
	}
	if err := c.finish(); err != nil {
		return nil, nil, err
	}
	return c.settings, warnings, c.openFiles()
}

// readConfig reads the configuration file, which must be a regular file that only its owner
// can write. It checks the file's type before opening the file, because opening a device or
// a FIFO can have side effects, and a socket cannot be opened. The result 'open' says what
// other users can do with the file, and is "" if they can do nothing. The result 'foreign'
// says why the file must not set the transport, and is "" if it may set it.
func readConfig(path string) (text []byte, open, foreign string, err error) {
	refused := func(reason string) ([]byte, string, string, error) {
		return nil, "", "", Faultf(badConfig, "%s: %s cannot be used: %s", configVariable, path, reason)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, "", "", Faultf(badConfig, "%s: %v", configVariable, err)
	}
	if !info.Mode().IsRegular() {
		return refused(notRegular)
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // does not wait if the file has become a FIFO
	if err != nil {
		return nil, "", "", Faultf(badConfig, "%s: %v", configVariable, err)
	}
	defer f.Close()
	if reason := writableByOthers(f); reason != "" {
		return refused(reason)
	}
	foreign = foreignConfig(f)
	if info, err := f.Stat(); err == nil {
		open = openToOthers(info)
	}
	text, err = io.ReadAll(io.LimitReader(f, mostConfig+1))
	if err != nil {
		return nil, "", "", Faultf(badConfig, "%s: %v", configVariable, err)
	}
	if len(text) > mostConfig {
		return refused("it is larger than 1 MiB")
	}
	// The file is in UTF-8, or in UTF-16 if it begins with a byte order mark of UTF-16.
	text, _, err = transform.Bytes(unicode.BOMOverride(transform.Nop), text)
	if err != nil {
		return refused("it is not valid UTF-16")
	}
	return text, open, foreign, nil
}

func (c *configuration) read(text []byte) error {
	server, applies, section := c.settings.server, false, false
	for line := range strings.Lines(string(text)) {
		c.line++
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#' || line[0] == ';':
		case line[0] == '[':
			name, ok := strings.CutSuffix(line[1:], "]")
			if !ok {
				return c.wrong("a section must be written as [server.example]")
			}
			section = true
			applies = name == "*" || namesServer(server, strings.TrimSpace(name))
		default:
			key, value, ok := strings.Cut(line, "=")
			if !ok || !section {
				return c.wrong("expected key = value below a section [server.example]")
			}
			// Check the keys of all sections, so that an error in a section that does not
			// apply is also reported.
			target := c
			if !applies {
				other := settings{}
				target = &configuration{path: c.path, line: c.line, settings: &other}
			}
			if err := target.set(strings.TrimSpace(key), strings.TrimSpace(value)); err != nil {
				return err
			}
			c.secret = c.secret || target.secret
		}
	}
	return nil
}

// namesServer reports whether list contains host. list has the format that SetSMTPServer
// accepts.
func namesServer(list, host string) bool {
	servers, err := parseServers(list, 0, noSecurity)
	if err != nil {
		return false
	}
	for _, s := range servers {
		if strings.EqualFold(s.Host, host) {
			return true
		}
	}
	return false
}

// set applies one key of the file. Its errors never show a value or an unknown key, because
// either may be a secret.
func (c *configuration) set(key, value string) error {
	s := c.settings
	texts := map[string]*string{
		"server":               &s.server,
		"login":                &s.login.name,
		"password":             &s.login.password,
		"ca-file":              &s.trust.caFile,
		"ca-directory":         &s.trust.caDirectory,
		"client-certificate":   &c.certificate,
		"client-key":           &c.key,
		"key-passphrase":       &c.passphrase,
		"tls-server-name":      &s.trust.serverName,
		"proxy":                &s.proxy,
		"local-host-name":      &s.localName,
		"oauth2-grant":         &c.kind,
		"oauth2-token-url":     &c.tokenURL,
		"oauth2-client-id":     &c.grant.ClientID,
		"oauth2-client-secret": &c.grant.ClientSecret,
		"oauth2-refresh-token": &c.grant.RefreshToken,
		"oauth2-scope":         &c.grant.Scope,

		"oauth2-certificate":     &c.grantFiles.certificate,
		"oauth2-key":             &c.grantFiles.key,
		"oauth2-key-passphrase":  &c.grantFiles.passphrase,
		"oauth2-algorithm":       &c.grantFiles.algorithm,
		"oauth2-assertion-file":  &c.grant.AssertionFile,
		"oauth2-service-account": &c.serviceAccount,
		"oauth2-mailbox":         &c.mailbox,
		"oauth2-metadata-url":    &c.grant.Metadata,
		"oauth2-signer-url":      &c.grant.Signer,
		configTokenFile:          &c.grant.TokenFile,
	}
	if text, ok := texts[key]; ok {
		*text = value
		if err := c.checkText(key, value); err != nil {
			return err
		}
		if key == "server" && value != "" {
			s.domain = "" // otherwise, the domain of SetServerDomain would still be used
		}
		if key == configToken || c.tokenURL == "" && strings.HasPrefix(key, "oauth2-") {
			c.grantAt = c.line
		}
		c.secret = c.secret || value != "" && holdsSecret(key, value)
		return nil
	}
	// The setters of a temporary mailer check these values.
	m := newMailer(*s)
	var err error
	switch key {
	case "port":
		var port uint64
		if port, err = strconv.ParseUint(value, 10, 16); err != nil {
			return c.wrong("port must be a number from 0 to 65535")
		}
		m.edit().port = uint16(port)
	case "security":
		types := map[string]int{"none": noSecurity, "starttls": useTLS, "ssl": useSSL, "starttls-if-offered": useTLSIfOffered}
		t, ok := types[value]
		if !ok {
			return c.wrong("security must be none, starttls, ssl or starttls-if-offered")
		}
		m.edit().security = t
	case "verify":
		on, ok := map[string]bool{"yes": true, "no": false}[value]
		if !ok {
			return c.wrong("verify must be yes or no")
		}
		m.edit().trust.noVerify = !on
	case "authenticate":
		on, ok := map[string]bool{"yes": true, "no": false}[value]
		if !ok {
			return c.wrong("authenticate must be yes or no")
		}
		m.edit().authenticate = on
	case "login-required":
		on, ok := map[string]bool{"yes": true, "no": false}[value]
		if !ok {
			return c.wrong("login-required must be yes or no")
		}
		m.edit().login.required = on
	case "auth-mechanism":
		err = m.SetAuthMechanism(value)
	case "extensions-off":
		err = m.SetExtensionOff(value)
	case "server-pause":
		var seconds uint64
		if seconds, err = strconv.ParseUint(value, 10, 32); err != nil {
			return c.wrong("server-pause must be a number of seconds")
		}
		err = m.SetServerPause(uint32(seconds))
	case "transport":
		c.transportLine = c.line
		err = m.SetTransport(value)
	case "transport-endpoint":
		err = m.SetTransportEndpoint(value)
	case "charset":
		err = message.CheckCharset(value)
		m.edit().charset = value
	case "log-file":
		if err := c.checkText(key, value); err != nil {
			return err
		}
		c.logLine, m.edit().log.file = c.line, value // openLog creates the file
	case "record-file":
		if err := c.checkText(key, value); err != nil {
			return err
		}
		if !knowsOwners {
			return c.wrong("record-file: this key does not work on this system, where the owner of the file cannot be checked: call SetRecordFile in the program")
		}
		c.recordLine, m.edit().record.file = c.line, value
	case "record-contents":
		on, ok := map[string]bool{"yes": true, "no": false}[value]
		if !ok {
			return c.wrong("record-contents must be yes or no")
		}
		m.edit().record.contents = on
	case "pinned-public-key":
		err = m.SetPinnedPublicKey(value)
	case "tls-min-version":
		v, ok := map[string]int{"1.0": 10, "1.1": 11, "1.2": 12, "1.3": 13}[value]
		if !ok {
			return c.wrong("tls-min-version must be 1.0, 1.1, 1.2 or 1.3")
		}
		err = m.SetTLSMinVersion(v)
	default:
		return c.unknown(key)
	}
	if err != nil {
		return c.wrongValue(key, err, value)
	}
	*s = *m.settings
	return nil
}

// holdsSecret reports whether the value of a key contains a secret.
func holdsSecret(key, value string) bool {
	switch key {
	case "password", "key-passphrase", "oauth2-client-secret", "oauth2-refresh-token", "oauth2-key-passphrase":
		return true
	case "proxy":
		u, err := url.Parse(value)
		return err != nil || u.User != nil
	}
	return false
}

// openFiles creates the log file and the transcript, if the configuration file names them.
func (c *configuration) openFiles() error {
	if err := c.openLog(); err != nil || c.recordLine == 0 {
		return err
	}
	m := newMailer(settings{})
	if err := m.SetRecordFile(c.settings.record.file, c.settings.record.contents); err != nil {
		c.line = c.recordLine
		return c.wrongValue("record-file", err, c.settings.record.file)
	}
	c.settings.record = m.settings.record
	return nil
}

// openLog creates the log file. It is called after all keys have been read. So it does not
// create a file that only a section for another server names, or that a later line replaces
// with another file.
func (c *configuration) openLog() error {
	if c.logLine == 0 {
		return nil
	}
	m := newMailer(*c.settings)
	if err := m.SetLogFile(c.settings.log.file); err != nil {
		c.line = c.logLine
		return c.wrongValue("log-file", err, c.settings.log.file)
	}
	c.settings.log = m.settings.log
	return nil
}
