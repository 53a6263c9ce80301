// SPDX-License-Identifier: MIT

package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	// defaultInterval is the time between two requests if the server sets none (RFC 8628,
	// section 3.2).
	defaultInterval = 5 * time.Second
	// slower is added to the interval after the error slow_down (RFC 8628, section 3.5).
	slower      = 5 * time.Second
	maxInterval = time.Minute
	deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"
)

// Device is a login that the user completes on another device (RFC 8628).
type Device struct {
	UserCode string // what the user enters
	URL      string // the page on which the user enters UserCode
	Complete string // a URL that contains UserCode; "" if there is none
	Expires  time.Duration

	c        Config
	code     string
	interval time.Duration
	unit     time.Duration // the unit of the intervals: a second, or less in tests
}

// NewDevice requests a device code from deviceURL, the device authorization endpoint.
func NewDevice(ctx context.Context, c Config, deviceURL string) (*Device, error) {
	if err := c.checkConsent(); err != nil {
		return nil, err
	}
	if err := c.checkEndpoint("device endpoint", deviceURL); err != nil {
		return nil, err
	}
	at := c
	at.Endpoint = deviceURL
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	r := at.request()
	params := map[string]string{}
	if c.Scope != "" {
		params["scope"] = c.Scope
	}
	req, err := r.post(ctx, at.formOf(params))
	if err != nil {
		return nil, err
	}
	d := &Device{c: c, unit: time.Second}
	_, err = r.exchange(req, func(status int, body []byte) error { return d.parse(r, status, body) })
	return d, err
}

// parse parses the response to the request for a device code.
func (d *Device) parse(r *request, status int, body []byte) error {
	var f struct {
		DeviceCode string          `json:"device_code"`
		UserCode   string          `json:"user_code"`
		URL        string          `json:"verification_uri"`
		OldURL     string          `json:"verification_url"` // sent by Google
		Complete   string          `json:"verification_uri_complete"`
		Expires    json.RawMessage `json:"expires_in"`
		Interval   json.RawMessage `json:"interval"`
	}
	if err := json.Unmarshal(body, &f); err != nil || status != http.StatusOK || f.DeviceCode == "" {
		_, err := r.parse(status, body) // parse returns the error that the response contains
		if err == nil {
			err = &Error{Endpoint: r.c.origin(), Status: status, Err: errors.New("the response contains no device code"), Hint: hintEndpoint}
		}
		return err
	}
	if f.URL == "" {
		f.URL = f.OldURL
	}
	if !isShowable(f.UserCode) || len(f.UserCode) > 100 || !d.c.isPage(f.URL) {
		return &Error{Endpoint: r.c.origin(), Status: status, Err: errors.New("the response lacks a user code or an address that can be shown")}
	}
	if !d.c.isPage(f.Complete) {
		f.Complete = ""
	}
	d.code, d.UserCode, d.URL, d.Complete = f.DeviceCode, f.UserCode, f.URL, f.Complete
	d.Expires = lifetime(f.Expires)
	if d.interval = defaultInterval; len(f.Interval) > 0 {
		d.interval = min(lifetime(f.Interval), maxInterval)
	}
	return nil
}

// isShowable reports whether s can be shown on a terminal: it is not empty and consists of
// visible ASCII characters.
func isShowable(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}

// isPage reports whether s is the URL of a web page that the user can open.
func (c *Config) isPage(s string) bool {
	u, err := url.Parse(s)
	return err == nil && isShowable(s) && len(s) < 2000 && u.Host != "" && u.User == nil &&
		(u.Scheme == "https" || u.Scheme == "http" && c.plain(u.Hostname()))
}

// Wait requests the tokens at intervals until the user has logged in or refused, or the code
// has expired.
func (d *Device) Wait(ctx context.Context) (*Tokens, error) {
	ctx, cancel := context.WithTimeout(ctx, d.Expires)
	defer cancel()
	interval := max(d.interval, time.Second)
	for {
		timer := time.NewTimer(interval * d.unit / time.Second)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil, d.gaveUp(ctx.Err())
		}
		t, err := d.c.ask(ctx, map[string]string{"grant_type": deviceGrant, "device_code": d.code}, d.code)
		var e *Error
		switch {
		case err == nil:
			return t, nil
		case ctx.Err() != nil:
			return nil, d.gaveUp(ctx.Err())
		case isCode(err, "authorization_pending"):
		case isCode(err, "slow_down"):
			interval = min(interval+slower, maxInterval)
		case isCode(err, "expired_token"):
			return nil, d.gaveUp(context.DeadlineExceeded)
		case errors.As(err, &e) && e.Temporary():
			interval = min(2*interval, maxInterval) // RFC 8628, section 3.5
		default:
			return nil, err
		}
	}
}

func (d *Device) gaveUp(err error) error {
	text := "canceled"
	if errors.Is(err, context.DeadlineExceeded) {
		text = "the code expired, or the time limit was reached, before the user logged in"
	}
	return &Error{Endpoint: d.c.origin(), Err: &cleanError{text, err}}
}
