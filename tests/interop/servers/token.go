// SPDX-License-Identifier: MIT

package servers

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"time"
)

// TokenKey signs the access tokens that Dovecot accepts.
const TokenKey = "a key for the tokens of the tests"

// Token returns an access token for the user: a JWT (RFC 7519, HS256). The argument 'until'
// is the time at which the token expires.
func Token(u User, until time.Time) string {
	part := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			panic(err) // maps of strings and numbers always marshal
		}
		return base64.RawURLEncoding.EncodeToString(text)
	}
	issued := until.Add(-2 * time.Hour).Unix()
	signed := part(map[string]string{"alg": "HS256", "typ": "JWT", "kid": "default"}) + "." +
		part(map[string]any{"sub": u.Name, "azp": "default", "iat": issued, "nbf": issued, "exp": until.Unix(), "scope": "mail"})
	mac := hmac.New(sha256.New, []byte(TokenKey))
	mac.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
