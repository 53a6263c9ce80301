// SPDX-License-Identifier: MIT

package oauth

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// hint returns a text that says what to do about an error response of a token endpoint. It
// first looks for known texts in the description, which is more precise than the error code.
func hint(code, description string) string {
	if _, after, found := strings.Cut(description, "AADSTS"); found {
		number := after[:len(after)-len(strings.TrimLeft(after, "0123456789"))]
		if h := microsoftHints()[number]; h != "" {
			return h
		}
	}
	for _, g := range googleHints {
		if strings.Contains(strings.ToLower(description), g.part) {
			return g.hint
		}
	}
	return hints()[code]
}

// hints returns the hints for the error codes of RFC 6749, section 5.2, of OpenID Connect, and
// of Google and Azure.
func hints() map[string]string {
	return map[string]string{
		"invalid_grant": "the grant was revoked or has expired: the user must consent again, and the new refresh token must be set",
		"invalid_client": "client id or client secret is wrong, or the secret has expired: " +
			"see the application's registration",
		"unauthorized_client":     "the application is not allowed to use this grant: see its registration",
		"unsupported_grant_type":  "the server does not support this grant",
		"invalid_scope":           "the scope is unknown, or was not granted to the application",
		"access_denied":           "an administrator must grant the permission to the application",
		"interaction_required":    "the user must log in and consent again",
		"consent_required":        "the user must log in and consent again",
		"invalid_rapt":            "a policy of the organization requires the user to log in again: get a new refresh token, or use a service account",
		"rapt_required":           "a policy of the organization requires the user to log in again: get a new refresh token, or use a service account",
		"admin_policy_enforced":   "a policy of the organization does not allow the application: ask the organization's administrator",
		"org_internal":            "the application is for users of its own organization only: check the user",
		"disabled_client":         "the application is disabled: check its registration",
		"deleted_client":          "the application's registration was deleted: create another one",
		"identity_not_found":      identityHint,
		"temporarily_unavailable": laterHint,
		"server_error":            laterHint,
	}
}

const (
	clockHint   = "the clock of this computer differs from the server's by too much: set the clock"
	consentHint = "an administrator must consent to the application's permissions in the tenant"
	loginHint   = "the user must log in again, and the new refresh token must be set"
	laterHint   = "the error is temporary: try again later"

	certificateHint = "the certificate is not registered for the application or has expired, or the key does not belong to it: upload the certificate to the registration"
	identityHint    = "the machine does not have this identity: assign one to it, or check the client id"
	scopeHint       = "the scope is not valid: use https://outlook.office365.com/.default"
)

// microsoftHints returns the hints for the error numbers of Microsoft Entra ID, whose error
// descriptions begin with AADSTS and such a number.
func microsoftHints() map[string]string {
	return map[string]string{
		"16000":   loginHint,
		"28002":   scopeHint,
		"50001":   "the scope names a service that the tenant does not have: use https://outlook.office365.com/.default",
		"50011":   "the redirect address is not registered for the application: add http://localhost",
		"50012":   "the signature of the assertion is wrong: check the certificate and its key",
		"50013":   "the assertion is not valid: check the certificate, the tenant and the client id",
		"50020":   "the user belongs to another tenant: check the tenant",
		"50034":   "the user does not exist in this tenant",
		"50053":   "the account is locked after too many failed logins: wait, or unlock it",
		"50055":   "the user's password has expired: the user must change it and log in again",
		"50057":   "the user's account is disabled",
		"50059":   "the tenant is missing: set its id or domain",
		"50072":   "the tenant requires multi-factor authentication: the user must register for it, or use an application permission",
		"50074":   "the tenant requires multi-factor authentication: the user must log in again in a browser, or use an application permission",
		"50076":   "the tenant requires multi-factor authentication: the user must log in again in a browser, or use an application permission",
		"50079":   "the tenant requires multi-factor authentication: the user must register for it, or use an application permission",
		"50089":   "the grant has expired: " + loginHint,
		"50097":   "a policy of the tenant requires a registered device: ask the tenant's administrator",
		"50105":   "the user is not assigned to the application: ask the tenant's administrator",
		"50126":   "the user name or password is wrong",
		"50128":   "the tenant does not exist: check its id or domain",
		"50129":   "a policy of the tenant requires a registered device: ask the tenant's administrator",
		"50132":   "the user's password was changed or the grant was revoked: " + loginHint,
		"50133":   "the user's password was changed or the grant was revoked: " + loginHint,
		"50158":   "the tenant requires another login step: the user must log in again in a browser",
		"50173":   "the user's password was changed or the grant was revoked: " + loginHint,
		"50194":   "the application belongs to a single tenant: set the id of this tenant instead of common",
		"50196":   "the application requested too many tokens in a short time: wait, and use each token until it expires",
		"53000":   "a policy of the tenant requires a managed device: ask the tenant's administrator",
		"53001":   "a policy of the tenant requires a domain-joined device: ask the tenant's administrator",
		"53003":   "a conditional access policy of the tenant forbids the login: ask the tenant's administrator",
		"65001":   consentHint,
		"65004":   consentHint,
		"70000":   "the grant is no longer valid: " + loginHint,
		"70001":   "the application is not in this tenant or is disabled: check the client id and the tenant",
		"70002":   "the client secret or the assertion is wrong: check it",
		"70008":   "the refresh token or code has expired: " + loginHint,
		"70011":   scopeHint,
		"70021":   "no federated credential of the application matches the token: see Certificates & secrets in the application's registration",
		"70043":   "the refresh token has expired under a policy of the tenant: " + loginHint,
		"90002":   "the tenant does not exist: check its id or domain",
		"90006":   laterHint,
		"90009":   "the application requests a token for itself: check the scope",
		"90014":   "a parameter of the request is missing: check the client id and the scope",
		"90019":   "the tenant is missing: set its id or domain",
		"90023":   "the request is malformed: check the client id and the scope",
		"90033":   laterHint,
		"90072":   "the user belongs to another tenant: check the tenant",
		"90094":   consentHint,
		"90097":   consentHint,
		"90099":   consentHint,
		"220501":  "the server cannot read the certificate's revocation list: ask the tenant's administrator",
		"500011":  "the scope names a service that the tenant does not have: use https://outlook.office365.com/.default",
		"50000":   laterHint,
		"500113":  "the application's registration has no redirect address: add http://localhost",
		"500133":  "the assertion has expired or is not valid yet: " + clockHint,
		"530003":  "a policy of the tenant requires a managed device: ask the tenant's administrator",
		"650052":  "the tenant has no subscription for the service of the scope, or " + consentHint,
		"700016":  "the application is not in this tenant: check the client id and the tenant",
		"700021":  "the assertion names another application: check the client id",
		"700024":  "the assertion is not valid at the server's time: " + clockHint,
		"700022":  "the scope names several services: use https://outlook.office365.com/.default",
		"700023":  "the assertion is for another server: check the tenant",
		"700027":  certificateHint,
		"700030":  certificateHint,
		"700082":  "the refresh token has expired because it was not used: " + loginHint,
		"700084":  "the refresh token has expired: " + loginHint,
		"700211":  "no federated credential of the application has the issuer of the token: see Certificates & secrets in the application's registration",
		"700212":  "no federated credential of the application has the audience of the token: see Certificates & secrets in the application's registration",
		"700213":  "no federated credential of the application has the subject of the token: see Certificates & secrets in the application's registration",
		"900023":  "the tenant is neither an id nor a domain: check it",
		"1002012": "the scope of client credentials must end with /.default: use https://outlook.office365.com/.default",
		"7000012": "the grant belongs to another tenant: check the tenant",
		"7000112": "the application is disabled in this tenant: ask the tenant's administrator",
		"7000215": "the client secret is wrong: use the value of the secret, not its id",
		"7000216": "the client needs a secret, a certificate or a federated token",
		"7000218": "the client needs a secret, a certificate or a federated token",
		"7000222": "the client secret has expired: create a new one in the application's registration, or use a certificate",
		"7000229": "the application has no service principal in this tenant: " + consentHint,
		"900144":  "a parameter of the request is missing: check the client id and the scope",
		"9002313": "the request is malformed: check the client id and the scope",
	}
}

// googleHints contains the hints for Google's error descriptions. The field 'part' is a part of
// the description, in lower case.
var googleHints = []struct{ part, hint string }{
	{"invalid jwt signature", "the key was deleted or belongs to another service account: create a new key file"},
	{"short-lived token", clockHint},
	{"invalid email or user id", "the domain has no user with this mailbox address: check the address"},
	{"client is unauthorized to retrieve access tokens", "domain-wide delegation is missing: an administrator must add the service " +
		"account's client id with the scope https://mail.google.com/"},
	{"account not found", "the service account was deleted: create another one and a new key file"},
	{"token has been expired or revoked", "the user must consent again, and the new refresh token must be set; while the " +
		"application's publishing status is \"Testing\", its refresh tokens expire after 7 days"},
	{"the oauth client was deleted", "the application's registration was deleted: create another one"},
	{"the oauth client was not found", "the client id is wrong"},
	{"invalid_rapt", "a policy of the organization requires the user to log in again: get a new refresh token, or use a service account"},
	{"service account disabled", "the service account is disabled: enable it in the Google Cloud console"},
	{"iam service account credentials api has not been used", "enable the IAM Service Account Credentials API in the project"},
	{"identity not found", identityHint}, // sent by Azure
	{"gmail api has not been used", "enable the Gmail API in the project"},
}

// noteClock adds a text to the hint of err if this computer's clock differs from the server's
// by more than a minute, and the request had an assertion, which is valid only for a short
// time. date is the field Date of the response.
func (r *request) noteClock(err error, date string) {
	var e *Error
	server, parseErr := http.ParseTime(date)
	if parseErr != nil || !errors.As(err, &e) || r.c.Assertion == nil && r.c.Grant != GoogleIdentity {
		return
	}
	behind := server.Sub(r.c.now()).Round(time.Second)
	if behind.Abs() <= early {
		return
	}
	how := "behind"
	if behind < 0 {
		how = "ahead of"
	}
	text := fmt.Sprintf("this computer's clock is %v %s the server's: set the clock", behind.Abs(), how)
	if e.Hint != "" {
		text = e.Hint + "; " + text
	}
	e.Hint = text
}
