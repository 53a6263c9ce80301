// SPDX-License-Identifier: MIT

package oauth

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
)

const (
	// unknownLife is for servers that leave expires_in out.
	unknownLife = 10 * time.Minute
	maxLife     = 7 * 24 * time.Hour
)

// response is a token response (RFC 6749, section 5.1).
type response struct {
	access  string
	refresh string
	life    time.Duration
}

// usable is how long the token is given out: all but its last minute, or half
// of a life too short for that.
func (r response) usable() time.Duration {
	return max(r.life-skew, r.life/2)
}

// parse reads a response of either kind.
func (r *request) parse(status int, body []byte) (response, error) {
	var f struct {
		AccessToken  string          `json:"access_token"`
		TokenType    string          `json:"token_type"`
		ExpiresIn    json.RawMessage `json:"expires_in"`
		RefreshToken string          `json:"refresh_token"`
		Error        string          `json:"error"`
		Description  string          `json:"error_description"`
	}
	jsonErr := json.Unmarshal(body, &f)
	e := &Error{Endpoint: withoutUser(r.c.Endpoint), Status: status}
	switch {
	case jsonErr == nil && (f.Error != "" || status != 200):
		e.Code = clean(r.secrets, f.Error, 60)
		e.Description = clean(r.secrets, f.Description, 500)
		e.Hint = hints[f.Error]
		if e.Code == "" && e.Description == "" {
			e.Err = errors.New("the answer is not a token")
		}
	case status != 200:
		e.Err = errors.New("the answer is not the JSON of an error")
	case jsonErr != nil:
		e.Err = errors.New("the answer is not JSON, or its fields are not of the right type")
	case f.AccessToken == "":
		e.Err = errors.New("the answer holds no access_token")
	case strings.ContainsFunc(f.AccessToken, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		e.Err = errors.New("the access_token has characters that are not allowed")
	case f.TokenType != "" && !strings.EqualFold(f.TokenType, "Bearer"):
		e.Err = errors.New("the token_type is not Bearer")
	default:
		return response{access: f.AccessToken, refresh: f.RefreshToken, life: lifetime(f.ExpiresIn)}, nil
	}
	return response{}, e
}

// lifetime reads expires_in, which some servers send as a string or with a
// fraction.
func lifetime(raw json.RawMessage) time.Duration {
	seconds, err := strconv.ParseFloat(strings.Trim(string(raw), `"`), 64)
	switch {
	case len(raw) == 0 || err != nil || seconds != seconds:
		return unknownLife
	case seconds <= 0:
		return 0
	}
	return time.Duration(min(seconds, maxLife.Seconds()) * float64(time.Second))
}
