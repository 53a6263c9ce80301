// SPDX-License-Identifier: MIT

package oauth

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

const (
	maxTokenFile = 1 << 20
	// maxSeeds is the maximum number of seeds in a token file.
	maxSeeds     = 100
	tokenVersion = 1
)

// stored is the content of a token file, which is JSON. The first field shows that a file is a
// token file.
type stored struct {
	Version int `json:"csmtp_token_file"`

	// The settings to which the tokens belong.
	Endpoint     string `json:"token_url"`
	Grant        Grant  `json:"grant"`
	ClientID     string `json:"client_id,omitempty"`
	ClientSecret string `json:"client_secret,omitempty"` // set only by WriteTokenFile
	Scope        string `json:"scope,omitempty"`         // the scopes to which the user has consented
	Settings     string `json:"settings,omitempty"`      // a hash of further settings: see the method settings
	Account      string `json:"account,omitempty"`       // the mailbox

	Refresh string    `json:"refresh_token,omitempty"`
	Access  string    `json:"access_token,omitempty"`
	For     string    `json:"access_scope,omitempty"` // the scope of Access
	Issued  time.Time `json:"issued,omitzero"`
	Expires time.Time `json:"expires,omitzero"`

	// Seeds are hashes of refresh tokens that programs have set before. In one or several
	// steps, the server has replaced each of these tokens with Refresh, which is now used
	// instead. If a program sets a refresh token whose hash is not in Seeds, this token is
	// newer than Refresh.
	Seeds []string `json:"seeds,omitempty"`
}

// Format prints the content of a token file without its tokens.
func (s stored) Format(f fmt.State, _ rune) { io.WriteString(f, "oauth token file") }

// tokenMark is the beginning of every token file.
const tokenMark = `{"csmtp_token_file":`

// isTokenFile reports whether content is that of a token file, which can be damaged. Only
// token files are overwritten. isTokenFile ignores NUL octets at the beginning and the end,
// because a crash of the system can leave them in a token file.
func isTokenFile(content []byte) bool {
	content = bytes.Trim(content, "\x00 \t\r\n")
	n := min(len(content), len(tokenMark))
	return string(content[:n]) == tokenMark[:n]
}

func isEmpty(content []byte) bool { return len(bytes.Trim(content, "\x00 \t\r\n")) == 0 }

// parseTokenFile returns the content of a token file, or nil if it is empty.
func parseTokenFile(content []byte) (*stored, error) {
	if len(content) <= maxTokenFile && isEmpty(content) {
		return nil, nil
	}
	if len(content) > maxTokenFile || !isTokenFile(content) {
		return nil, errors.New("it is not a token file")
	}
	s := &stored{}
	d := json.NewDecoder(bytes.NewReader(content))
	err := d.Decode(s)
	if _, trailing := d.Token(); err == nil && trailing != io.EOF {
		err = errors.New("trailing data")
	}
	switch {
	case err == nil && s.Version > tokenVersion:
		return nil, fmt.Errorf("it has version %d, which this version of the library does not know", s.Version)
	case err != nil || s.Version != tokenVersion || s.Refresh == "" && s.Access == "",
		!isAccessToken(s.Access), !isRefreshToken(s.Refresh):
		return nil, errDamaged // the decoder's error can contain a token
	}
	return s, nil
}

var errDamaged = errors.New("it is damaged")

// encode returns the token file as octets.
func (s *stored) encode() []byte {
	s.Version = tokenVersion
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(err) // cannot happen: there are only texts and times
	}
	return b.Bytes()
}

// usable reports whether the access token can be used now, and until when. A token whose time
// of issue is more than a minute in the future is not usable: it was written while the clock
// was wrong, or by another computer.
func (s *stored) usable(now time.Time) (until time.Time, ok bool) {
	life := min(s.Expires.Sub(s.Issued), maxLife)
	until = s.Issued.Add(response{life: life}.usable())
	return until, s.Access != "" && now.Before(until) && !now.Before(s.Issued.Add(-skew))
}

// settings returns a hash of those settings on which the tokens depend and for which a token
// file has no field. It returns "" if none of these settings is set.
func (c *Config) settings() string {
	parts := []string{c.Mailbox, c.Metadata}
	if c.Assertion != nil && c.Grant == JWTBearer {
		parts = append(parts, c.Assertion.Issuer, c.Assertion.Subject)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Params)) {
		parts = append(parts, name, c.Params[name])
	}
	if strings.Join(parts, "") == "" {
		return ""
	}
	return hashed(fmt.Sprintf("%q", parts))
}

func hashed(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:16])
}

// complete returns the settings of c, completed with those of the file, and the content to
// write to the file after the next request. file is nil if there is no file. complete returns
// an error if the file was written with other settings.
func (c *Config) complete(file *stored) (*Config, *stored, error) {
	own := *c
	own.Save, own.FileError = nil, nil
	if file != nil {
		if err := c.owns(file); err != nil {
			return nil, nil, err
		}
		own.Endpoint = cmp.Or(c.Endpoint, file.Endpoint)
		own.ClientID = cmp.Or(c.ClientID, file.ClientID)
		if c.ClientSecret == "" && c.Assertion == nil && c.AssertionFile == "" {
			own.ClientSecret = file.ClientSecret
		}
		if c.Grant == RefreshToken && (c.Scope == "" || isDefault(c.Scope, file.Scope)) {
			own.Scope = cmp.Or(file.Scope, c.Scope)
		}
	}
	next := &stored{Endpoint: own.Endpoint, Grant: own.Grant, ClientID: own.ClientID, Scope: own.Scope, Settings: c.settings(),
		Account: c.Account, For: own.Scope}
	if file != nil {
		next.Account = cmp.Or(file.Account, c.Account)
		next.ClientSecret = file.ClientSecret
		next.Seeds = file.Seeds
		next.Scope = cmp.Or(file.Scope, own.Scope)
		if file.For == own.Scope {
			next.Access, next.Issued, next.Expires = file.Access, file.Issued, file.Expires
		}
	}
	if c.Grant == RefreshToken {
		if err := c.chooseRefresh(file, next); err != nil {
			return nil, nil, err
		}
		own.RefreshToken = next.Refresh
	}
	own.TokenFile = "" // without a token file, check requires all fields
	if err := own.check(); err != nil {
		return nil, nil, err
	}
	own.TokenFile = c.TokenFile
	return &own, next, nil
}

// isDefault reports whether scope is Microsoft's default scope for a resource, and 'consented'
// contains a scope for the same resource. A default scope ends in /.default, and means all
// scopes to which the user has consented. 'consented' contains these scopes.
func isDefault(scope, consented string) bool {
	resource, ok := strings.CutSuffix(scope, "/.default")
	for part := range strings.FieldsSeq(consented) {
		if ok && (strings.HasPrefix(part, resource+"/") || isExchange(part) && isExchange(resource)) {
			return true
		}
	}
	return false
}

// isExchange reports whether a scope or a resource belongs to Exchange Online, which has
// several names.
func isExchange(s string) bool {
	return strings.HasPrefix(s, "https://outlook") || strings.HasPrefix(s, "https://partner.outlook.")
}

// chooseRefresh sets next.Refresh to the program's refresh token if it is newer than the file,
// and otherwise to the refresh token in the file. It adds the hash of the program's refresh
// token to next.Seeds. It returns an error if the newer token is for another mailbox.
func (c *Config) chooseRefresh(file, next *stored) error {
	seed := ""
	if c.RefreshToken != "" {
		seed = hashed(c.RefreshToken)
	}
	switch {
	case file == nil || file.Refresh == "":
		next.Refresh = c.RefreshToken
	case seed == "" || len(file.Seeds) == 0 || slices.Contains(file.Seeds, seed):
		next.Refresh = file.Refresh
	case c.Account != "" && file.Account != "" && !strings.EqualFold(c.Account, file.Account):
		return errors.New("it was written for another mailbox: set a token file for each mailbox")
	default:
		next.Refresh, next.Access = c.RefreshToken, ""
	}
	if seed != "" && !slices.Contains(next.Seeds, seed) {
		next.Seeds = append(slices.Clone(next.Seeds), seed)
		next.Seeds = next.Seeds[max(0, len(next.Seeds)-maxSeeds):]
	}
	return nil
}

// owns returns an error if the file was written with settings other than those in c.
func (c *Config) owns(file *stored) error {
	for _, f := range []struct{ name, own, file string }{
		{"token URL", c.Endpoint, file.Endpoint},
		{"client id", c.ClientID, file.ClientID},
		{"grant", string(c.Grant), string(file.Grant)},
	} {
		if f.own != "" && f.own != f.file {
			return fmt.Errorf("it was written with another %s: set another token file, or set the %s that the file was written with", f.name, f.name)
		}
	}
	if c.settings() != file.Settings {
		return errors.New("it was written with other settings: set another token file")
	}
	return nil
}

// take replaces the tokens in s with those in a response.
func (s *stored) take(r response, now time.Time) {
	s.Access, s.Issued, s.Expires = r.access, now.UTC(), now.Add(r.life).UTC()
	if s.Grant == RefreshToken && r.refresh != "" {
		s.Refresh = r.refresh
	}
}
