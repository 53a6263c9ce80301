// SPDX-License-Identifier: MIT

package smtptest

import "strings"

// bearerVerifier verifies OAUTHBEARER (RFC 7628) if gs2 is true, and XOAUTH2 if not.
type bearerVerifier struct {
	known   accounts
	gs2     bool
	user    string
	refused bool
}

func (v *bearerVerifier) first() []byte { return nil }
func (v *bearerVerifier) login() string { return v.user }

func (v *bearerVerifier) next(response []byte) ([]byte, bool, error) {
	if v.refused {
		// The client must respond to the error with 0x01 (RFC 7628, section 3.2.3) or, with
		// XOAUTH2, with an empty response.
		if text := string(response); text != "" && text != "\x01" {
			return nil, true, errMalformed
		}
		return nil, true, errCredentials
	}
	text := string(response)
	if v.gs2 {
		header, rest, _ := strings.Cut(text, ",\x01")
		user, given := strings.CutPrefix(header, "n,a=")
		if !given && header != "n," {
			return nil, true, errMalformed
		}
		v.user, text = decodeName(user), rest
	}
	fields, ended := strings.CutSuffix(text, "\x01\x01")
	if !ended {
		return nil, true, errMalformed
	}
	token := ""
	for field := range strings.SplitSeq(fields, "\x01") {
		key, value, found := strings.Cut(field, "=")
		switch {
		case !found:
			return nil, true, errMalformed
		case key == "user" && !v.gs2:
			v.user = value
		case key == "auth":
			var bearer bool
			if token, bearer = strings.CutPrefix(value, "Bearer "); !bearer {
				return nil, true, errMalformed
			}
		}
	}
	if known, ok := v.known.tokens[v.user]; !ok || token == "" || known != token {
		v.refused = true
		return []byte(`{"status":"401","schemes":"bearer","scope":"https://mail.example/smtp"}`), false, nil
	}
	return nil, true, nil
}

// decodeName decodes =2C and =3D in a saslname (RFC 5801, section 4).
func decodeName(name string) string {
	return strings.NewReplacer("=2C", ",", "=3D", "=").Replace(name)
}
