// SPDX-License-Identifier: MIT

package servers

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"path/filepath"

	"csmtp/smtp/smtptest/certs"
)

// CA is a temporary certificate authority, with its certificates in PEM files.
type CA struct {
	File       string // the root
	ServerCert string // for HostName, localhost and the loopback addresses
	ServerKey  string
	ClientCert string // for Alice: common name "alice"
	ClientKey  string

	Pool     *x509.CertPool  // contains the root
	Client   tls.Certificate // ClientCert with its key
	Stranger tls.Certificate // a certificate from an untrusted authority, with the same name as ClientCert
}

func newCA(dir string) (*CA, error) {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	root := certs.New()
	server := root.IssueWith(certs.Options{
		CommonName: HostName,
		DNSNames:   []string{HostName, "localhost"},
		IPs:        []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	})
	client := certs.Options{
		CommonName: Alice.Local(),
		Emails:     []string{Alice.Name},
		Usage:      []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	ca := &CA{
		File:       filepath.Join(dir, "ca.pem"),
		ServerCert: filepath.Join(dir, "server.crt"),
		ServerKey:  filepath.Join(dir, "server.key"),
		ClientCert: filepath.Join(dir, "alice.crt"),
		ClientKey:  filepath.Join(dir, "alice.key"),
		Pool:       root.Pool(),
		Client:     root.IssueWith(client),
		Stranger:   certs.NewNamed("Nobody's CA").IssueWith(client),
	}
	return ca, errors.Join(
		writePEM(ca.File, root.PEM()),
		writePEM(ca.ServerCert, certs.CertificatePEM(server)), writePEM(ca.ServerKey, certs.KeyPEM(server)),
		writePEM(ca.ClientCert, certs.CertificatePEM(ca.Client)), writePEM(ca.ClientKey, certs.KeyPEM(ca.Client)),
	)
}

// writePEM writes a file that every user can read, because daemons read their key after
// they have dropped privileges. This is harmless, because the keys are used only in
// tests.
func writePEM(file string, text []byte) error {
	return errors.Join(os.WriteFile(file, text, 0o644), os.Chmod(file, 0o644))
}
