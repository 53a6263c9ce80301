// SPDX-License-Identifier: MIT

package mailer

import (
	"cmp"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"csmtp/smtp/oauth"
)

// grantFiles contains what a grant needs besides its oauth.Config: files, which are read
// for each session so that they can be replaced while the program runs, and values that
// depend on other settings.
type grantFiles struct {
	certificate, key, passphrase string // for a client that authenticates by certificate
	algorithm                    string // the algorithm of the signature; "" is PS256
	serviceAccount               string // the path of the key file of a Google service account
	mailbox                      string // the user for whom the service account acts; "" is the login
}

// files returns what the grant needs besides its oauth.Config. It never returns nil.
func (l *login) files() *grantFiles {
	if l.grantFiles == nil {
		return &grantFiles{}
	}
	return l.grantFiles
}

// absolute returns the absolute form of a path, because the program may change its
// current directory before the file is read again.
func absolute(path string) string {
	if path == "" || isKeyText(path) || strings.ContainsFunc(path, unicode.IsControl) {
		return path // it will be refused
	}
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}

// SetOAuth2Certificate sets the grant "client credentials", with a certificate instead of a
// client secret.
func (m *Mailer) SetOAuth2Certificate(tokenURL, clientID, certificateFile, keyFile, algorithm, scope string) error {
	return m.setGrant("SetOAuth2Certificate", tokenURL,
		oauth.Config{Grant: oauth.ClientCredentials, ClientID: clientID, Scope: scope},
		grantFiles{certificate: absolute(certificateFile), key: absolute(keyFile), passphrase: m.settings.passphrase, algorithm: algorithm})
}

// SetOAuth2ServiceAccount sets the key file of a Google service account, and the mailbox
// for which the account acts. If mailbox is "", the login is the mailbox.
func (m *Mailer) SetOAuth2ServiceAccount(keyFile, mailbox, scope string) error {
	return m.setGrant("SetOAuth2ServiceAccount", "", oauth.Config{Grant: oauth.JWTBearer, Scope: scope},
		grantFiles{serviceAccount: absolute(keyFile), mailbox: mailbox})
}

// SetOAuth2AssertionFile sets the grant "client credentials", with a token of another
// identity provider instead of a client secret.
func (m *Mailer) SetOAuth2AssertionFile(tokenURL, clientID, assertionFile, scope string) error {
	if assertionFile == "" {
		return Faultf(BadArgument, "SetOAuth2AssertionFile: the path of the file is missing")
	}
	if err := checkPath("SetOAuth2AssertionFile", assertionFile); err != nil {
		return err
	}
	if err := oauth.CheckAssertionFile(assertionFile); err != nil {
		return Faultf(BadArgument, "%v", err)
	}
	return m.setGrant("SetOAuth2AssertionFile", tokenURL,
		oauth.Config{Grant: oauth.ClientCredentials, ClientID: clientID, AssertionFile: absolute(assertionFile), Scope: scope}, grantFiles{})
}

// SetOAuth2ManagedIdentity makes the library use the identity that a cloud provider has
// assigned to the machine. cloud is "azure" or "google", and may end with ":" and the URL
// of the metadata server.
func (m *Mailer) SetOAuth2ManagedIdentity(cloud, clientID, scope string) error {
	const setter = "SetOAuth2ManagedIdentity"
	name, server, _ := strings.Cut(cloud, ":")
	c := oauth.Config{ClientID: clientID, Scope: scope}
	endpoint := ""
	switch name {
	case "azure":
		c.Grant, endpoint = oauth.AzureIdentity, server
	case "google":
		c.Grant, c.Metadata = oauth.GoogleIdentity, server
	default:
		return Faultf(BadArgument, "%s: unknown cloud %q: use azure or google", setter, name)
	}
	return m.setGrant(setter, endpoint, c, grantFiles{})
}

func (m *Mailer) setGrant(setter, tokenURL string, c oauth.Config, files grantFiles) error {
	if err := tokenEndpoint(tokenURL, &c); err != nil {
		return Faultf(BadArgument, "%v", err)
	}
	if old := m.settings.login.grant; old != nil && c.TokenFile == "" {
		c.TokenFile = old.TokenFile
	}
	if err := files.check(setter, c); err != nil {
		return err
	}
	m.setToken(nil, setter)
	m.edit().login.grant = &c
	if files != (grantFiles{}) {
		m.edit().login.grantFiles = &files
	}
	return nil
}

// check adds the content of the files to c, and checks the result.
func (f *grantFiles) check(setter string, c oauth.Config) error {
	whole, err := f.complete(setter, c, "login@login.invalid")
	if err != nil {
		return err
	}
	if err := oauth.Check(whole); err != nil {
		return Faultf(BadArgument, "%v", err)
	}
	return nil
}

// complete returns c with the content of the files. login is the mailbox if f names none.
func (f *grantFiles) complete(setter string, c oauth.Config, login string) (oauth.Config, error) {
	mailbox := cmp.Or(f.mailbox, login)
	switch c.Grant {
	case oauth.JWTBearer:
		if f.certificate != "" || c.AssertionFile != "" || c.ClientSecret != "" {
			return c, Faultf(BadArgument, "%s: with a service account, do not set a client secret, a certificate or an assertion file", setter)
		}
		return f.withServiceAccount(setter, c, mailbox)
	case oauth.GoogleIdentity:
		c.Mailbox = mailbox
	}
	if f.serviceAccount != "" {
		return c, Faultf(BadArgument, "%s: the key file of a service account is set, but another grant is chosen", setter)
	}
	if f.certificate == "" {
		if f.key != "" || setter == "SetOAuth2Certificate" {
			return c, Faultf(BadArgument, "%s: no client certificate is set", setter)
		}
		return c, nil
	}
	pair, err := parsePairFiles(setter, f.certificate, f.key, f.passphrase)
	if err != nil {
		return c, err
	}
	private, ok := pair.Key.(*rsa.PrivateKey)
	if !ok {
		return c, Faultf(BadArgument, "%s: the private key is not an RSA key: register a certificate with an RSA key", setter)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return c, Faultf(BadArgument, "%s: %v", setter, err)
	}
	c.Assertion = &oauth.Assertion{Key: der, Certificate: pair.Chain[0].Raw, Algorithm: strings.ToUpper(f.algorithm)}
	return c, nil
}

func (f *grantFiles) withServiceAccount(setter string, c oauth.Config, mailbox string) (oauth.Config, error) {
	if f.serviceAccount == "" {
		return c, Faultf(BadArgument, "%s: no key file is set for the service account", setter)
	}
	file, err := readKeyFile(setter, f.serviceAccount)
	if err != nil {
		return c, err
	}
	defer clear(file)
	account, err := oauth.ServiceAccount(file, mailbox)
	if err != nil {
		return c, Faultf(BadArgument, "%s: %v", setter, err)
	}
	c.Assertion = account.Assertion
	c.Endpoint, c.Scope = cmp.Or(c.Endpoint, account.Endpoint), cmp.Or(c.Scope, account.Scope)
	return c, nil
}

// warning returns a warning if other users can read or write a file that contains the grant's
// private key. Otherwise it returns "".
func (l *login) warning() string {
	if l.grant == nil {
		return ""
	}
	f := l.files()
	for _, path := range []string{cmp.Or(f.key, f.certificate), f.serviceAccount} {
		if path == "" {
			continue
		}
		if info, err := os.Stat(path); err == nil {
			if open := openToOthers(info); open != "" {
				return fmt.Sprintf("the private key %s: %s", path, open)
			}
		}
	}
	return ""
}
