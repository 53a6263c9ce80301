// SPDX-License-Identifier: MIT

// Package servers runs real mail servers for tests: on free ports of the
// loopback interface, with a throw-away configuration, certificate and
// accounts, each in its own process namespace so that nothing outlives the
// test. What a server needs is installed from Debian's packages by
// NAME/install.sh when the test runs as root.
//
// A test package hands its TestMain to Main and asks Get for a server:
//
//	func TestMain(m *testing.M) { os.Exit(servers.Main(m)) }
//
//	func TestSomething(t *testing.T) {
//		postfix := servers.Get(t, servers.Postfix)
//		mail := postfix.Await(t, "someone@test.example")
//	}
package servers

// Domain is the mail domain every server here is final destination of, for
// any local part.
const Domain = "test.example"

// HostName is what servers call themselves; their certificate names it too.
const HostName = "mail." + Domain

// User may log in at every server.
type User struct{ Name, Password string }

// The accounts. The second password tells octets from characters, and shell
// and configuration quoting from its absence.
var (
	Alice = User{"alice@" + Domain, "s3cret pass"}
	Bob   = User{"bob@" + Domain, "pä$$wörd"}
)

// Local is the part of the user's name before the domain.
func (u User) Local() string { return u.Name[:len(u.Name)-len(Domain)-1] }
