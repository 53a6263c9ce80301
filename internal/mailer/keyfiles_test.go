// SPDX-License-Identifier: MIT

package mailer

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csmtp/smtp/smtptest"
	"csmtp/smtp/smtptest/certs"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/unicode"
	"software.sslmate.com/src/go-pkcs12"
)

const keyPhrase = "Tr0ub4dor&3 phrase"

// keyFiles contains the client's certificate in several forms.
type keyFiles struct {
	dir, certificate, key, locked, p12, roots, subject string
}

func makeKeyFiles(t *testing.T) (f keyFiles) {
	t.Helper()
	f.dir = t.TempDir()
	put := func(name string, data []byte) string {
		path := filepath.Join(f.dir, name)
		require.NoError(t, os.WriteFile(path, data, 0o600))
		return path
	}
	c := smtptest.Authority().Issue(certs.Client)
	leaf, err := x509.ParseCertificate(c.Certificate[0])
	require.NoError(t, err)
	p12, err := pkcs12.Modern.Encode(c.PrivateKey, leaf, []*x509.Certificate{smtptest.Authority().Certificate}, keyPhrase)
	require.NoError(t, err)
	block, _ := pem.Decode(certs.KeyPEM(c))
	//lint:ignore SA1019 old files have this form
	locked, err := x509.EncryptPEMBlock(zeros{}, "PRIVATE KEY", block.Bytes, []byte(keyPhrase), x509.PEMCipherAES256)
	require.NoError(t, err)
	roots, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes(smtptest.Authority().PEM())
	require.NoError(t, err)
	f.certificate, f.key = put("client.der", c.Certificate[0]), put("client.key", certs.KeyPEM(c))
	f.locked, f.p12 = put("locked.key", pem.EncodeToMemory(locked)), put("client.p12", p12)
	f.roots, f.subject = put("roots.pem", roots), leaf.Subject.String()
	return f
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// A client logs in with its certificate, whatever the form of the files.
func TestClientCertificateForms(t *testing.T) {
	f := makeKeyFiles(t)
	port, subjects := serveClientCertificates(t)
	for name, set := range map[string]func(*Mailer) error{
		"DER and PEM": func(m *Mailer) error { return m.SetClientCertificate(f.certificate, f.key) },
		"encrypted PEM": func(m *Mailer) error {
			_ = m.SetKeyPassphrase(keyPhrase)
			return m.SetClientCertificate(f.certificate, f.locked)
		},
		"PKCS #12": func(m *Mailer) error {
			_ = m.SetKeyPassphrase(keyPhrase)
			err := m.SetClientCertificate(f.p12, "")
			_ = m.SetKeyPassphrase("") // the certificate was set with the old pass phrase, and keeps it
			return err
		},
	} {
		h := New()
		t.Cleanup(func() { Free(h) })
		mustCall(t, h, func(m *Mailer) error { return m.SetCAFile(f.roots) })
		mustCall(t, h, set)
		mustCall(t, h, func(m *Mailer) error {
			return m.ConnectRemoteServer("localhost", port, useSSL, false, "", "")
		})
		assert.Equal(t, f.subject, <-subjects, name)
	}
}

// serveClientCertificates starts a server with implicit TLS that requires a client
// certificate. It returns the port, and a channel that receives the subject of each client
// certificate.
func serveClientCertificates(t *testing.T) (port uint16, subjects chan string) {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		Certificates: []tls.Certificate{smtptest.Authority().Issue(certs.Good)},
		ClientAuth:   tls.RequireAndVerifyClientCert,
		ClientCAs:    smtptest.Authority().Pool(),
	})
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	subjects = make(chan string, 10)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				fmt.Fprint(c, "220 mail.test.example\r\n")
				for lines := bufio.NewScanner(c); lines.Scan(); {
					if strings.HasPrefix(lines.Text(), "EHLO") {
						subjects <- c.(*tls.Conn).ConnectionState().PeerCertificates[0].Subject.String()
					}
					fmt.Fprint(c, "250 mail.test.example\r\n")
				}
			}()
		}
	}()
	return uint16(l.Addr().(*net.TCPAddr).Port), subjects
}

func TestKeyPassphraseErrors(t *testing.T) {
	f := makeKeyFiles(t)
	h := New()
	t.Cleanup(func() { Free(h) })
	for _, c := range []struct {
		number Number
		text   string
		set    func(*Mailer) error
	}{
		{BadArgument, "SetClientCertificate: the private key is encrypted: set its pass phrase with SetKeyPassphrase before", func(m *Mailer) error {
			return m.SetClientCertificate(f.certificate, f.locked)
		}},
		{BadArgument, "the PKCS #12 file is encrypted: set its pass phrase with SetKeyPassphrase before", func(m *Mailer) error {
			return m.SetClientCertificate(f.p12, "")
		}},
		{badInput, "AddDKIMKeyFile: the private key is encrypted", func(m *Mailer) error { return m.AddDKIMKeyFile("test.example", "s", f.locked) }},
		{badInput, "AddDKIMKey: the private key looks like the path", func(m *Mailer) error { return m.AddDKIMKey("test.example", "s", f.locked) }},
		{badInput, "SetSMIMEKeyFile: the PKCS #12 file is encrypted", func(m *Mailer) error { return m.SetSMIMEKeyFile(f.p12, "") }},
		{fileNotExist, "SetSMIMEKeyFile: stat ", func(m *Mailer) error { return m.SetSMIMEKeyFile(f.p12+"x", "") }},
		{fileNotExist, "AddDKIMKeyFile: stat ", func(m *Mailer) error { return m.AddDKIMKeyFile("test.example", "s", f.dir+"/none") }},
		{fileNotExist, "AddDKIMKeyFile: read ", func(m *Mailer) error { return m.AddDKIMKeyFile("test.example", "s", f.dir) }},
		{BadArgument, "SetCAFile: " + f.key + ": it is a private key, and contains no certificate", func(m *Mailer) error { return m.SetCAFile(f.key) }},
	} {
		assert.Contains(t, mustFail(t, h, c.number, c.set), c.text)
	}
	mustCall(t, h, func(m *Mailer) error { return m.SetKeyPassphrase("wr0ng&more") })
	for _, set := range []func(*Mailer) error{
		func(m *Mailer) error { return m.SetClientCertificate(f.certificate, f.locked) },
		func(m *Mailer) error { return m.SetClientCertificate(f.p12, "") },
		func(m *Mailer) error { return m.SetCAFile(f.p12) },
	} {
		text := mustFail(t, h, BadArgument, set)
		assert.Contains(t, text, "is wrong: set the right one with SetKeyPassphrase before")
		assert.NotContains(t, text, "wr0ng")
	}
}

// The command that the error text suggests contains the name of the file.
func TestConvertingCommandNamesFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "key.ppk")
	require.NoError(t, os.WriteFile(path, []byte("PuTTY-User-Key-File-2: ssh-rsa\n"), 0o600))
	h := New()
	t.Cleanup(func() { Free(h) })
	text := mustFail(t, h, badInput, func(m *Mailer) error { return m.AddDKIMKeyFile("test.example", "s", path) })
	assert.Contains(t, text, "puttygen "+path+" -O private-openssh -o "+path+".pem")
	odd := filepath.Join(dir, "a key.ppk")
	require.NoError(t, os.Rename(path, odd))
	text = mustFail(t, h, badInput, func(m *Mailer) error { return m.AddDKIMKeyFile("test.example", "s", odd) })
	assert.Contains(t, text, "puttygen FILE ")
}

// S/MIME and DKIM signatures can be created with keys from files.
func TestSignaturesFromFiles(t *testing.T) {
	f := makeKeyFiles(t)
	dir := t.TempDir()
	k := callerKeys()
	locked := filepath.Join(dir, "dkim.pem")
	require.NoError(t, os.WriteFile(locked, []byte("\xEF\xBB\xBF"+k.ed25519), 0o600))
	h := cleanHandle(t)
	base(t, h)
	mustCall(t, h, func(m *Mailer) error { return m.SetKeyPassphrase(keyPhrase) })
	mustCall(t, h, func(m *Mailer) error { return m.SetSMIMEKeyFile(f.p12, "") })
	mustCall(t, h, func(m *Mailer) error { return m.AddDKIMKeyFile("test.example", "s", locked) })
	mustCall(t, h, func(m *Mailer) error {
		mail, err := m.RenderMessage()
		assert.Contains(t, string(mail), "DKIM-Signature:")
		assert.Contains(t, string(mail), "application/pkcs7-signature")
		return err
	})
}

// The configuration file may have a byte order mark, and may be in UTF-16.
func TestConfigurationInUnicode(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	const text = "[*]\r\nlogin = Jörg\r\nsecurity = nonsense\r\n"
	for name, encode := range map[string]func(string) (string, error){
		"UTF-8":    func(s string) (string, error) { return "\xEF\xBB\xBF" + s, nil },
		"UTF-16LE": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String,
		"UTF-16BE": unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String,
	} {
		written, err := encode(text)
		require.NoError(t, err)
		configureBy(t, written)
		assert.Contains(t, mustFail(t, h, badConfig, (*Mailer).Send), "line 3: security must be", name)
	}
}

// The configuration file can set the client's certificate, in any order of its lines.
func TestConfiguredClientCertificate(t *testing.T) {
	f := makeKeyFiles(t)
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	lines := []string{"key-passphrase = " + keyPhrase, "client-key = " + f.locked, "client-certificate = " + f.certificate}
	for i := range lines {
		configureBy(t, "[*]\n"+strings.Join(append(lines[i:len(lines):len(lines)], lines[:i]...), "\n")+"\n")
		mustCall(t, h, func(m *Mailer) error {
			s, _, err := configured(m.settings)
			require.NoError(t, err)
			certificates, err := s.trust.certificates()
			assert.Len(t, certificates, 1)
			return err
		})
	}
	configureBy(t, "[*]\nclient-key = "+f.key+"\n")
	assert.Contains(t, mustFail(t, h, badConfig, (*Mailer).Send), "client-key needs client-certificate")
	configureBy(t, "[*]\nclient-certificate = "+f.certificate+"\nclient-key = "+f.locked+"\n")
	mustFail(t, h, BadArgument, (*Mailer).Send)
}
