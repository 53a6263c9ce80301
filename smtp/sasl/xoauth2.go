// SPDX-License-Identifier: MIT

package sasl

// newXOAuth2 returns the mechanism XOAUTH2, which was published by Google and adopted by
// Microsoft. The field "user" contains the authorization identity or, if there is none, the
// login. If a challenge says that the server refuses the token, the response is empty.
func newXOAuth2(c *Credentials, _ *Channel) (Mechanism, error) {
	return newBearer("XOAUTH2", c, func(c *Credentials, token string) []byte {
		user := c.AuthzID
		if user == "" {
			user = c.Login
		}
		return []byte("user=" + user + "\x01auth=Bearer " + token + "\x01\x01")
	}, nil)
}
