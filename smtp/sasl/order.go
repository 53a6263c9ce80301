// SPDX-License-Identifier: MIT

package sasl

import (
	"slices"
)

// Order returns the offered mechanisms that c can use, in the order in which to try
// them.
//
// If c.Token is set, these are the mechanisms that send a token (XOAUTH2 and
// OAUTHBEARER). A -PLUS mechanism requires TLS. If the connection has no channel binding, New
// returns ErrNoBinding for such a mechanism, and the caller should try the next one.
// Mechanisms that need neither password nor token (EXTERNAL and ANONYMOUS) are used only
// if prefs contains them. Mechanisms that cannot send an authorization identity (LOGIN
// and CRAM-MD5) are omitted if the authorization identity differs from the login. Order
// does not check whether a login or password is missing; New does this.
//
// If prefs is not empty, only the mechanisms in prefs are used, in that order. An element
// of prefs can contain several names, separated by spaces or commas. Case is ignored.
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

// suited returns the mechanisms to try if the caller has no preference. If withToken is set,
// these are the mechanisms that send a token, and otherwise those that use a password. Without
// TLS, mechanisms that send the password unprotected come last.
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
