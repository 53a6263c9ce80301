// SPDX-License-Identifier: MIT

package oauth

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDescribe(t *testing.T) {
	for claims, want := range map[string]string{
		`{"aud":"https://outlook.office365.com","roles":["SMTP.SendAsApp","x"],"appid":"id","tid":"contoso","exp":1800000000}`: "audience https://outlook.office365.com, roles SMTP.SendAsApp x, application id, tenant contoso, expires 2027-01-15T08:00:00Z",
		`{"iss":"https://issuer.example","aud":["a","b"],"scp":"SMTP.Send","upn":"alice@contoso.example"}`:                     "issuer https://issuer.example, audience a b, scope SMTP.Send, user alice@contoso.example",
		`{"aud":"a\u001b[31m\r\nb","exp":"soon","azp":7}`:                                                                      `audience a\x1b[31m b`,
		`{"exp":-1}`:    "",
		`{"exp":1e300}`: "",
		`[]`:            "",
		`x`:             "",
	} {
		token := "e30." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".sig"
		assert.Equal(t, want, Describe(token), claims)
	}
	for _, opaque := range []string{"", "ya29.opaque", "a.b.c", "a.!.c", "..", strings.Repeat(".", 100)} {
		assert.Empty(t, Describe(opaque), opaque)
	}
}
