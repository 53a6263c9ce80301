// SPDX-License-Identifier: MIT

package mailer

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"csmtp/internal/pattern"
	"csmtp/smtp"
	"csmtp/smtp/keys"
	"csmtp/smtp/message"
)

// SetKeyPassphrase sets the pass phrase for the keys and files that are set after this
// call.
func (m *Mailer) SetKeyPassphrase(passphrase string) error {
	m.edit().passphrase = passphrase
	return nil
}

func (m *Mailer) AddDKIMKey(domain, selector, key string) error {
	if err := keys.CheckText(key); err != nil {
		return keyFault(badInput, "AddDKIMKey", "", err)
	}
	return m.addDKIMKey("AddDKIMKey", "", domain, selector, []byte(key))
}

func (m *Mailer) AddDKIMKeyFile(domain, selector, path string) error {
	key, err := readKeyFile("AddDKIMKeyFile", path)
	if err != nil {
		return err
	}
	return m.addDKIMKey("AddDKIMKeyFile", path, domain, selector, key)
}

func (m *Mailer) addDKIMKey(setter, path, domain, selector string, key []byte) error {
	signer, err := keys.ParsePrivateKey(key, m.settings.passphrase)
	if err != nil {
		return keyFault(badInput, setter, path, err)
	}
	k, err := message.NewDKIMKey(domain, selector, signer)
	if err != nil {
		return err
	}
	m.message.DKIM = append(m.message.DKIM, k)
	return nil
}

func (m *Mailer) DelDKIMKeys() error { m.message.DKIM = nil; return nil }

func (m *Mailer) SetSMIMEKey(certificate, key string) error {
	m.message.SMIME = nil
	if certificate == "" {
		return nil
	}
	return m.setSMIMEKey("SetSMIMEKey", "", []byte(certificate), []byte(key))
}

func (m *Mailer) SetSMIMEKeyFile(certificateFile, keyFile string) error {
	m.message.SMIME = nil
	if certificateFile == "" {
		return nil
	}
	certificate, key, err := readPairFiles("SetSMIMEKeyFile", certificateFile, keyFile)
	if err != nil {
		return err
	}
	return m.setSMIMEKey("SetSMIMEKeyFile", certificateFile, certificate, key)
}

func (m *Mailer) setSMIMEKey(setter, path string, certificate, key []byte) error {
	pair, err := keys.ParsePair(certificate, key, m.settings.passphrase)
	if err != nil {
		return keyFault(badInput, setter, path, err)
	}
	m.message.SMIME, err = message.NewSMIMEKey(pair)
	return err
}

// plainPath matches a path that needs no quotes in a command line.
var plainPath = pattern.Pattern{Expression: `^[A-Za-z0-9_./:+@%,=-]+$`}

// keyFault returns the fault for an error from package keys. The text of the fault can
// contain a command that converts the file. The command names the file, unless path is ""
// or needs quotes.
func keyFault(n Number, setter, path string, err error) error {
	var bad *keys.Error
	if !errors.As(err, &bad) {
		return Faultf(n, "%s: %v", setter, err)
	}
	text := bad.Error()
	if plainPath.Compiled().MatchString(path) {
		text = strings.ReplaceAll(text, "FILE", path)
	}
	if bad.Passphrase {
		text += " with SetKeyPassphrase before"
	}
	return Faultf(n, "%s: %s", setter, text)
}

// maxKeyFile is the maximum size of a file of certificates and keys. A file with all
// authorities of a system is smaller.
const maxKeyFile = 16 << 20

// readKeyFile reads a regular file. It refuses a FIFO, which might block, a device, which
// might have no end, and a file that is larger than maxKeyFile.
func readKeyFile(setter, path string) ([]byte, error) {
	if isKeyText(path) {
		return nil, Faultf(BadArgument, "%s: the argument is the text of a key or certificate, not the path of a file", setter)
	}
	if err := checkPath(setter, path); err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if err == nil && (!info.Mode().IsRegular() || info.Size() > maxKeyFile) {
		err = &fs.PathError{Op: "read", Path: path, Err: errors.New("it must be a regular file of at most 16 MiB")}
	}
	var data []byte
	if err == nil {
		data, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, Faultf(fileNotExist, "%s: %v", setter, err)
	}
	return data, nil
}

// isKeyText reports whether path cannot be a path but could be the text of a key. Errors
// must not show such a text.
func isKeyText(path string) bool {
	if strings.Contains(path, "-----BEGIN") || strings.HasPrefix(strings.TrimSpace(path), "{") {
		return true
	}
	const longest = 255 // the maximum number of octets in a component of a path
	return slices.ContainsFunc(strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '\\' }),
		func(component string) bool { return len(component) > longest })
}

// checkPath returns an error if a path contains a control character. The error names the
// first control character and its position. It does not show the path, because a program
// could have passed the text of a key instead of a path.
func checkPath(setter, path string) error {
	if name, place, help := smtp.FindInPath(path); place > 0 {
		return Faultf(badInput, "%s: the path has a %s at octet %d: %s", setter, name, place, help)
	}
	return nil
}

// readPairFiles reads the files of a certificate and its key. If keyFile is "", it returns
// no key.
func readPairFiles(setter, certificateFile, keyFile string) (certificate, key []byte, err error) {
	if certificate, err = readKeyFile(setter, certificateFile); err != nil || keyFile == "" {
		return certificate, nil, err
	}
	if key, err = readKeyFile(setter, keyFile); err == nil && len(bytes.TrimSpace(key)) == 0 {
		err = Faultf(BadArgument, "%s: %s is empty", setter, keyFile)
	}
	return certificate, key, err
}

// parsePairFiles returns the certificate and the key in the files that readPairFiles reads.
func parsePairFiles(setter, certificateFile, keyFile, passphrase string) (*keys.Pair, error) {
	certificate, key, err := readPairFiles(setter, certificateFile, keyFile)
	if err != nil {
		return nil, err
	}
	pair, err := keys.ParsePair(certificate, key, passphrase)
	if err != nil {
		path := certificateFile
		if len(key) > 0 {
			path = "" // the error may be in either file
		}
		return nil, keyFault(BadArgument, setter, path, err)
	}
	return pair, nil
}

// fileRoots returns the authorities in the file of SetCAFile. It returns none if no file is
// set.
func (t *trust) fileRoots() ([]*x509.Certificate, error) {
	if t.caFile == "" {
		return nil, nil
	}
	data, err := readKeyFile("SetCAFile", t.caFile)
	if err != nil {
		return nil, err
	}
	certs, err := keys.ParseRoots(data, t.caPassphrase)
	if err != nil {
		return nil, keyFault(BadArgument, fmt.Sprintf("SetCAFile: %s", t.caFile), t.caFile, err)
	}
	return certs, nil
}

// directoryRoots returns the authorities in the directory of SetCADirectory. It returns
// none if no directory is set.
func (t *trust) directoryRoots() ([]*x509.Certificate, error) {
	if t.caDirectory == "" {
		return nil, nil
	}
	if err := checkPath("SetCADirectory", t.caDirectory); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(t.caDirectory)
	if err != nil {
		return nil, Faultf(fileNotExist, "SetCADirectory: %v", err)
	}
	var all []*x509.Certificate
	for _, e := range entries {
		if data, err := readKeyFile("", filepath.Join(t.caDirectory, e.Name())); err == nil {
			certs, _ := keys.ParseRoots(data, "")
			all = append(all, certs...)
		}
	}
	if len(all) == 0 {
		return nil, Faultf(BadArgument, "SetCADirectory: no file in %s contains a certificate that can be read", t.caDirectory)
	}
	return all, nil
}

// roots returns the authorities that SetCAFile and SetCADirectory have set. If neither was
// called, it returns nil, which means the authorities of the system.
func (t *trust) roots() (*x509.CertPool, error) {
	if t.caFile == "" && t.caDirectory == "" {
		return nil, nil
	}
	pool := x509.NewCertPool()
	for _, read := range []func() ([]*x509.Certificate, error){t.fileRoots, t.directoryRoots} {
		certs, err := read()
		if err != nil {
			return nil, err
		}
		for _, c := range certs {
			pool.AddCert(c)
		}
	}
	return pool, nil
}

// rootsPEM returns the authorities in the file of SetCAFile in PEM form.
func (t *trust) rootsPEM() ([]byte, error) {
	certs, err := t.fileRoots()
	var all []byte
	for _, c := range certs {
		all = append(all, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return all, err
}

// certificates returns the client's certificate, if one is set.
func (t *trust) certificates() ([]tls.Certificate, error) {
	if t.certificate == "" {
		return nil, nil
	}
	pair, err := parsePairFiles("SetClientCertificate", t.certificate, t.key, t.keyPassphrase)
	if err != nil {
		return nil, err
	}
	c := tls.Certificate{PrivateKey: pair.Key, Leaf: pair.Chain[0]}
	for _, cert := range pair.Chain {
		c.Certificate = append(c.Certificate, cert.Raw)
	}
	return []tls.Certificate{c}, nil
}
