// SPDX-License-Identifier: MIT

package oauth

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"csmtp/smtp/secret"
)

// described contains the claims that Describe shows, and the names that it uses for them.
var described = []struct{ claim, name string }{
	{"iss", "issuer"}, {"aud", "audience"}, {"roles", "roles"}, {"scp", "scope"}, {"scope", "scope"},
	{"appid", "application"}, {"azp", "application"}, {"tid", "tenant"}, {"upn", "user"}, {"preferred_username", "user"},
}

// Describe returns a text with the main claims of an access token, such as "audience
// https://outlook.office365.com, roles SMTP.SendAsApp, expires 2027-01-31T12:00:00Z". It
// returns "" if the token is not a JSON Web Token. Describe does not verify the token.
func Describe(token string) string {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return ""
	}
	octets, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return ""
	}
	var claims map[string]any
	if json.Unmarshal(octets, &claims) != nil {
		return ""
	}
	var list []string
	shown := map[string]bool{}
	for _, d := range described {
		if text := claimText(claims[d.claim]); text != "" && !shown[d.name] {
			shown[d.name] = true
			list = append(list, d.name+" "+clean(&secret.Set{}, text, 200))
		}
	}
	if expires, ok := claims["exp"].(float64); ok && expires > 0 && expires < 1e11 {
		list = append(list, "expires "+time.Unix(int64(expires), 0).UTC().Format(time.RFC3339))
	}
	return strings.Join(list, ", ")
}

// claimText returns the value of a claim: a text, or a list of texts joined by spaces.
func claimText(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case []any:
		var texts []string
		for _, one := range v {
			texts = append(texts, fmt.Sprint(one))
		}
		return strings.Join(texts, " ")
	}
	return ""
}
