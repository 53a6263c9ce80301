// SPDX-License-Identifier: MIT

package sasl

import (
	"slices"
)

// Order gives the mechanisms to try, strongest first: of those that the
// server offered, those that c can use.
//
// With c.Token set only the mechanisms that send a token count (XOAUTH2 and
// OAUTHBEARER). A -PLUS mechanism is among them only with TLS; whether the
// connection can be bound is for New to say (ErrNoBinding: go on with the
// next). What needs neither password nor token (EXTERNAL and ANONYMOUS) is
// never chosen by itself. Mechanisms that cannot carry an authorization
// identity (LOGIN and CRAM-MD5) are left out when one other than the login is
// set. A missing login or password leaves nothing out: New reports it.
//
// prefs, if not empty, is the whole choice and its order; an element may hold
// several names with spaces or commas between them. Case does not count.
func Order(offered []string, c *Credentials, tls bool, prefs []string) []string {
	wanted := parseNames(prefs)
	fixed := len(wanted) > 0
	if !fixed {
		wanted = suited(c != nil && c.Token != nil, tls)
	}
	has := parseNames(offered)
	var order []string
	for _, name := range wanted {
		m := lookup(name)
		switch {
		case m == nil, !slices.Contains(has, name), slices.Contains(order, name):
			continue
		case m.bound && !tls:
			continue
		case !fixed && !m.authzID && c != nil && c.otherIdentity():
			continue
		}
		order = append(order, name)
	}
	return order
}

// suited lists what is tried where the caller names nothing: the mechanisms
// with a token, or those with a password. Without TLS those that send the
// password as it is come last.
func suited(withToken, tls bool) []string {
	secret := needPassword
	if withToken {
		secret = needToken
	}
	var names, last []string
	for _, m := range table {
		switch {
		case m.needs&secret == 0:
		case m.readable && !tls:
			last = append(last, m.name)
		default:
			names = append(names, m.name)
		}
	}
	return append(names, last...)
}
