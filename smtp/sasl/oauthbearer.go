// SPDX-License-Identifier: MIT

package sasl

import (
	"strconv"
	"strings"
)

// newOAuthBearer returns the mechanism OAUTHBEARER (RFC 7628). If no login is set, the server
// takes the identity from the token. Host and port are omitted if they are not known. If a
// challenge says that the server refuses the token, the response is the octet 0x01 (section
// 3.2.3).
func newOAuthBearer(c *Credentials, ch *Channel) (Mechanism, error) {
	server := ""
	if ch.Host != "" && !strings.ContainsAny(ch.Host, "\x00\x01") {
		server = "\x01host=" + ch.Host
	}
	if ch.Port > 0 {
		server += "\x01port=" + strconv.Itoa(ch.Port)
	}
	return newBearer("OAUTHBEARER", c, func(c *Credentials, token string) []byte {
		user := c.AuthzID
		if user == "" {
			user = c.Login
		}
		gs2 := "n,,"
		if user != "" {
			gs2 = "n,a=" + saslName(user) + ","
		}
		return []byte(gs2 + server + "\x01auth=Bearer " + token + "\x01\x01")
	}, []byte{1})
}
