// SPDX-License-Identifier: MIT

package mailer

import (
	"crypto/tls"
	"fmt"
	"os"
	"strings"

	"csmtp/smtp"
)

func (m *Mailer) SetVerifyPeer(verify bool) error { m.edit().trust.noVerify = !verify; return nil }

// SetCAFile sets a file of trusted certificates. Like SetCADirectory and
// SetClientCertificate, it checks the file immediately. Each session reads the file again,
// so that it can be replaced while the program runs.
func (m *Mailer) SetCAFile(path string) error {
	return m.trusting(func(t *trust) { t.caFile, t.caPassphrase = path, m.settings.passphrase })
}

func (m *Mailer) SetCADirectory(path string) error {
	return m.trusting(func(t *trust) { t.caDirectory = path })
}

func (m *Mailer) SetClientCertificate(certificate, key string) error {
	return m.trusting(func(t *trust) {
		t.certificate, t.key, t.keyPassphrase = certificate, key, m.settings.passphrase
	})
}

// trusting calls 'change', which changes the settings for TLS. If a file in the new settings
// cannot be used, trusting returns an error, and the old settings remain.
func (m *Mailer) trusting(change func(*trust)) error {
	if err := needPoller(); err != nil {
		return err
	}
	t := m.settings.trust
	change(&t)
	if _, err := t.roots(); err != nil {
		return err
	}
	if _, err := t.certificates(); err != nil {
		return err
	}
	m.edit().trust = t
	return nil
}

func (m *Mailer) SetPinnedPublicKey(pins string) error {
	list := strings.FieldsFunc(pins, func(r rune) bool { return r == ';' || r == ' ' })
	for _, pin := range list {
		if err := smtp.CheckPin(pin); err != nil {
			return Faultf(BadArgument, "SetPinnedPublicKey: %v", err)
		}
	}
	m.edit().trust.pins = strings.Join(list, " ")
	return nil
}

// SetTLSMinVersion and SetTLSMaxVersion accept the values that C uses: 12 means TLS 1.2.
// They do not check that the minimum is not above the maximum, because a program sets one
// after the other. The check is made when a session is opened.
func (m *Mailer) SetTLSMinVersion(version int) error {
	return setVersion("SetTLSMinVersion", version, &m.edit().trust.minVersion)
}

func (m *Mailer) SetTLSMaxVersion(version int) error {
	return setVersion("SetTLSMaxVersion", version, &m.edit().trust.maxVersion)
}

func setVersion(setter string, version int, to *uint16) error {
	versions := map[int]uint16{0: 0, 10: tls.VersionTLS10, 11: tls.VersionTLS11, 12: tls.VersionTLS12, 13: tls.VersionTLS13}
	v, ok := versions[version]
	if !ok {
		return Faultf(BadArgument, "%s: unknown version %d: use CSMTP_TLS_1_2 or CSMTP_TLS_1_3", setter, version)
	}
	*to = v
	return nil
}

func (m *Mailer) SetTLSServerName(name string) error { m.edit().trust.serverName = name; return nil }

// GetTLSInfo returns the TLS version and the cipher suite of the open session.
func (m *Mailer) GetTLSInfo() string {
	state := m.tlsState()
	if state == nil {
		return ""
	}
	return tls.VersionName(state.Version) + ", " + tls.CipherSuiteName(state.CipherSuite)
}

// config returns the TLS configuration of a session.
func (t *trust) config() (smtp.TLSConfig, error) {
	c := smtp.TLSConfig{
		InsecureSkipVerify: t.noVerify,
		ServerName:         t.serverName,
		PinnedPublicKeys:   strings.Fields(t.pins),
		MinVersion:         t.minVersion,
		MaxVersion:         t.maxVersion,
	}
	var err error
	if c.RootCAs, err = t.roots(); err == nil {
		c.Certificates, err = t.certificates()
	}
	return c, err
}

// warning returns a warning if other users can read the client's private key. Otherwise it
// returns "".
func (t *trust) warning() string {
	path := t.key
	if path == "" {
		path = t.certificate
	}
	if path == "" {
		return ""
	}
	if info, err := os.Stat(path); err == nil {
		if open := openToOthers(info); open != "" {
			return fmt.Sprintf("the private key %s: %s", path, open)
		}
	}
	return ""
}
