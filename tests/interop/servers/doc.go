// SPDX-License-Identifier: MIT

// Package servers runs mail servers for tests: on free ports of the loopback
// interface, with a temporary configuration, certificate and accounts. Each, except
// GoSMTP, runs in its own process namespace, so that no process outlives the test. When
// the test runs as root, NAME/install.sh installs the packages that a server needs.
//
// TestMain of a test package calls Main, and its tests call Get:
//
//	func TestMain(m *testing.M) { os.Exit(servers.Main(m)) }
//
//	func TestSomething(t *testing.T) {
//		postfix := servers.Get(t, servers.Postfix)
//		mail := postfix.Await(t, "someone@test.example")
//	}
package servers

import (
	"crypto/sha256"
	"encoding/base64"
)

// Domain is the mail domain that every server accepts mail for. Only a few local parts are
// refused, such as refused@ (see Postfix).
const Domain = "test.example"

// HostName is the host name of the servers, in their greeting and certificate.
const HostName = "mail." + Domain

// User is an account on the servers.
type User struct{ Name, Password string }

// These are the accounts. Bob's password is not ASCII, and contains characters that are
// special in shells and configuration files.
var (
	Alice = User{"alice@" + Domain, "s3cret pass"}
	Bob   = User{"bob@" + Domain, "pä$$wörd"}
	// Carol has an account only on Dovecot, which stores a hash of her password. With
	// this hash, PLAIN and LOGIN work. The other mechanisms do not work, although the
	// server offers them.
	Carol = User{"carol@" + Domain, "hashed pass"}
)

// Hash returns a hash of the password in the form that Dovecot stores.
func (u User) Hash() string {
	sum := sha256.Sum256([]byte(u.Password))
	return "{SHA256}" + base64.StdEncoding.EncodeToString(sum[:])
}

// Local returns the local part of the user's name.
func (u User) Local() string { return u.Name[:len(u.Name)-len(Domain)-1] }
