// SPDX-License-Identifier: MIT

package oauth

import (
	"cmp"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
)

const (
	googleEndpoint = "https://oauth2.googleapis.com/token"
	googleScope    = "https://mail.google.com/"
	microsoftScope = "https://outlook.office365.com/.default"
)

// ServiceAccount returns a Config for a Google service account that sends mail as the user
// whose address is mailbox. file is the content of the account's key file, in JSON. An
// administrator must have delegated the scope https://mail.google.com/ for the whole domain
// to the account.
func ServiceAccount(file []byte, mailbox string) (Config, error) {
	var f struct {
		Type     string `json:"type"`
		Email    string `json:"client_email"`
		KeyID    string `json:"private_key_id"`
		Key      string `json:"private_key"`
		Endpoint string `json:"token_uri"`
	}
	if err := json.Unmarshal(file, &f); err != nil {
		return Config{}, errors.New("oauth: the file is not the JSON key file of a service account")
	}
	switch {
	case f.Type != "service_account":
		return Config{}, fmt.Errorf("oauth: the file has the type %.40q and not \"service_account\": create a JSON key for the service account", f.Type)
	case f.Email == "" || f.Key == "":
		return Config{}, errors.New("oauth: the file lacks client_email or private_key")
	case mailbox == "":
		return Config{}, errors.New("oauth: the mailbox is missing: set the address of the user who sends the mail")
	}
	block, _ := pem.Decode([]byte(f.Key))
	if block == nil {
		return Config{}, errors.New("oauth: private_key in the file is not in PEM format")
	}
	assertion := &Assertion{Key: block.Bytes, KeyID: f.KeyID, Algorithm: RS256, Issuer: f.Email, Subject: mailbox}
	if _, err := assertion.key(); err != nil {
		return Config{}, errors.New("oauth: private_key in the file is not an RSA key in PKCS #8")
	}
	return Config{
		Endpoint:  cmp.Or(f.Endpoint, googleEndpoint),
		Grant:     JWTBearer,
		Scope:     googleScope,
		Assertion: assertion,
	}, nil
}
