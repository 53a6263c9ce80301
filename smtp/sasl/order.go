// SPDX-License-Identifier: MIT

package sasl

import (
	"slices"
	"strings"
)

// mechanism is a row of the table of what we speak.
type mechanism struct {
	name string
	make func(*Credentials, *Channel) (Mechanism, error)
}

// table is in the order of Names: strongest first, as with TLS.
var table = []mechanism{
	{"SCRAM-SHA-512-PLUS", newScram("SCRAM-SHA-512-PLUS")},
	{"SCRAM-SHA-256-PLUS", newScram("SCRAM-SHA-256-PLUS")},
	{"SCRAM-SHA-1-PLUS", newScram("SCRAM-SHA-1-PLUS")},
	{"SCRAM-SHA-512", newScram("SCRAM-SHA-512")},
	{"SCRAM-SHA-256", newScram("SCRAM-SHA-256")},
	{"SCRAM-SHA-1", newScram("SCRAM-SHA-1")},
	{"PLAIN", newPlain},
	{"LOGIN", newLogin},
	{"CRAM-MD5", newCramMD5},
	{"DIGEST-MD5", newDigestMD5},
	{"XOAUTH2", newXOAuth2},
	{"OAUTHBEARER", newOAuthBearer},
	{"EXTERNAL", newExternal},
	{"ANONYMOUS", newAnonymous},
}

var (
	// Every bound mechanism comes before every unbound one: a stronger hash does
	// not help against somebody in between, and the binding does.
	scramOrder = []string{"SCRAM-SHA-512-PLUS", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS",
		"SCRAM-SHA-512", "SCRAM-SHA-256", "SCRAM-SHA-1"}
	// Under TLS nobody reads along, and what counts is that PLAIN lets the
	// server keep a slow hash where the MD5 mechanisms need the password.
	withTLS = append(slices.Clone(scramOrder), "PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5")
	inClear = append(slices.Clone(scramOrder), "CRAM-MD5", "DIGEST-MD5", "PLAIN", "LOGIN")
	// XOAUTH2 before OAUTHBEARER where a server offers both: it is the one that
	// Google, Microsoft, Yahoo and Yandex document and test for SMTP (Exchange
	// Online has no other), and it has no host and port which a server behind a
	// relay or an alias might compare with its own. The token is the same.
	withToken = []string{"XOAUTH2", "OAUTHBEARER"}
	// Mechanisms without a place for an authorization identity.
	noAuthzID = []string{"LOGIN", "CRAM-MD5"}
)

// Names lists the mechanisms that New knows, in IANA spelling.
func Names() []string {
	names := make([]string, len(table))
	for i, m := range table {
		names[i] = m.name
	}
	return names
}

// Order gives the mechanisms to try, strongest first: of those that the
// server offered, those that c can use.
//
// With c.Token set only XOAUTH2 and OAUTHBEARER count. A -PLUS mechanism is
// among them only with TLS; whether the connection can be bound is for New to
// say (ErrNoBinding: go on with the next). EXTERNAL and ANONYMOUS are never
// chosen by themselves. LOGIN and CRAM-MD5 are left out when an authorization
// identity other than the login is set. A missing login or password leaves
// nothing out: New reports it.
//
// prefs, if not empty, is the whole choice and its order; an element may hold
// several names with spaces or commas between them. Case does not count.
func Order(offered []string, c *Credentials, tls bool, prefs []string) []string {
	wanted := parseNames(prefs)
	fixed := len(wanted) > 0
	if !fixed {
		switch {
		case c != nil && c.Token != nil:
			wanted = withToken
		case tls:
			wanted = withTLS
		default:
			wanted = inClear
		}
	}
	has := parseNames(offered)
	var order []string
	for _, name := range wanted {
		switch {
		case !slices.Contains(has, name), lookup(name) == nil, slices.Contains(order, name):
			continue
		case strings.HasSuffix(name, "-PLUS") && !tls:
			continue
		case !fixed && c != nil && c.otherIdentity() && slices.Contains(noAuthzID, name):
			continue
		}
		order = append(order, name)
	}
	return order
}

// offers reports whether the server offered the mechanism of that name.
func (ch *Channel) offers(name string) bool {
	return slices.Contains(parseNames(ch.Offered), name)
}

// NeedsToken reports whether a mechanism sends an access token.
func NeedsToken(name string) bool { return slices.Contains(withToken, name) }

// New makes a mechanism for one login. What the credentials lack or cannot
// say in this mechanism is reported here, before anything is sent: an *Error.
func New(name string, c Credentials, ch Channel) (Mechanism, error) {
	m := lookup(strings.ToUpper(name))
	if m == nil {
		return nil, fail(printable(name, 20), UnknownMechanism, "this mechanism is not supported")
	}
	return m.make(&c, &ch)
}

func lookup(name string) *mechanism {
	for i := range table {
		if table[i].name == name {
			return &table[i]
		}
	}
	return nil
}

func parseNames(list []string) []string {
	var names []string
	for _, e := range list {
		names = append(names, strings.FieldsFunc(strings.ToUpper(e), func(r rune) bool {
			return r == ' ' || r == ',' || r == '\t'
		})...)
	}
	return names
}
