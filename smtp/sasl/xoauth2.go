// SPDX-License-Identifier: MIT

package sasl

// newXOAuth2 makes XOAUTH2, the mechanism that Google published and Microsoft
// took over. The mailbox is the authorization identity, or the login where
// none is set. A refusal is answered with an empty response.
func newXOAuth2(c *Credentials, _ *Channel) (Mechanism, error) {
	return newBearer("XOAUTH2", c, func(c *Credentials, token string) []byte {
		user := c.AuthzID
		if user == "" {
			user = c.Login
		}
		return []byte("user=" + user + "\x01auth=Bearer " + token + "\x01\x01")
	}, nil)
}
