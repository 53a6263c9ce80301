// SPDX-License-Identifier: MIT

package smtptest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Header is the part of a transcript before the dialogue: settings of the client and the server,
// and the expected result. A key can occur several times; its values keep their order.
type Header map[string][]string

// Get returns the first value of key, or "" if there is none.
func (h Header) Get(key string) string {
	if v := h[key]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// All returns all values of key.
func (h Header) All(key string) []string { return h[key] }

// Has reports whether key is present. Its value can be empty.
func (h Header) Has(key string) bool { return len(h[key]) > 0 }

// headerKey says whether a key can occur several times, and which values are valid.
type headerKey struct {
	repeats bool
	values  *regexp.Regexp // nil: anything
}

func oneOf(values string) *regexp.Regexp { return regexp.MustCompile(`^(?:` + values + `)$`) }

var (
	yesNo  = oneOf(`yes|no`)
	number = oneOf(`\d{1,9}`)
)

var headerKeys = map[string]headerKey{
	"description":     {},
	"security":        {values: oneOf(`none|starttls|starttls-if-offered|tls`)},
	"certificate":     {},
	"newest-tls":      {},
	"delivery":        {values: oneOf(`whole|line|byte`)},
	"verify":          {values: yesNo},
	"action":          {values: oneOf(`send|connect`)},
	"mails":           {values: number},
	"timeout":         {values: number},
	"local-name":      {},
	"lmtp":            {values: yesNo},
	"authenticate":    {values: yesNo},
	"login":           {},
	"password":        {},
	"token":           {},
	"clear-login":     {values: yesNo},
	"login-required":  {values: yesNo},
	"mechanism":       {values: oneOf(`[A-Z0-9-]+`)},
	"from":            {},
	"to":              {repeats: true},
	"cc":              {repeats: true},
	"bcc":             {repeats: true},
	"partial":         {values: yesNo},
	"subject":         {},
	"line":            {repeats: true},
	"attachment-size": {values: number},

	"hide":     {repeats: true},
	"extra":    {repeats: true},
	"fault":    {repeats: true},
	"max-size": {values: number},
	"repeat":   {values: yesNo},

	"expect":               {values: oneOf(`ok|\d{3}`)},
	"expect-op":            {values: oneOf(`connect|TLS|greeting|EHLO|STARTTLS|AUTH|MAIL|RCPT|DATA|body|end of data|RSET|NOOP|QUIT`)},
	"expect-kind":          {values: oneOf(`resolve|dial|timeout|closed|TLS|refused|protocol|unsupported|local|canceled`)},
	"expect-outcome":       {values: oneOf(`NOT_SENT|ACCEPTED|PARTIAL|REJECTED_TEMPORARY|REJECTED_PERMANENT|IN_DOUBT`)},
	"expect-outcomes":      {values: oneOf(`[A-Z_ ]+`)},
	"expect-text":          {repeats: true},
	"expect-reply-code":    {values: oneOf(`\d{3}`)},
	"expect-enhanced-code": {values: oneOf(`\d\.\d{1,3}\.\d{1,3}`)},
	"expect-recipient":     {},
	"expect-accepted":      {values: number},
	"expect-safe-to-retry": {values: yesNo},
}

// add parses one "key: value" line.
func (h Header) add(line string) error {
	key, value, found := strings.Cut(line, ":")
	rule, known := headerKeys[key]
	value = strings.TrimSpace(value)
	switch {
	case !found:
		return fmt.Errorf("%q: want \"key: value\" or a blank line before the dialogue", line)
	case !known:
		return fmt.Errorf("unknown key %q; known keys are %s", key, strings.Join(knownKeys(), ", "))
	case h.Has(key) && !rule.repeats:
		return fmt.Errorf("%s is given twice", key)
	case rule.values != nil && !rule.values.MatchString(value):
		return fmt.Errorf("%s: %q does not match %s", key, value, rule.values)
	}
	h[key] = append(h[key], value)
	return nil
}

// check checks the settings of the server, and that the keys do not contradict each other.
func (h Header) check() error {
	if err := h.configure(&MailOptions{}); err != nil {
		return err
	}
	if h.Get("expect") == "ok" {
		for _, key := range []string{"expect-op", "expect-kind"} {
			if h.Has(key) {
				return fmt.Errorf("%s contradicts \"expect: ok\"", key)
			}
		}
	}
	return nil
}

func knownKeys() []string {
	var keys []string
	for key := range headerKeys {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// configure sets the fields of o that correspond to keys in the header of a script.
func (h Header) configure(o *MailOptions) error {
	if h.Has("certificate") {
		o.Certificate = h.Get("certificate")
	}
	if h.Has("newest-tls") {
		o.NewestTLS = h.Get("newest-tls")
	}
	if h.Has("lmtp") {
		o.LMTP = h.Get("lmtp") == "yes"
	}
	if h.Has("max-size") {
		size, err := strconv.ParseInt(h.Get("max-size"), 10, 64)
		if err != nil {
			return err
		}
		o.MaxSize = size
	}
	o.Hide = append(slices.Clone(o.Hide), h.All("hide")...)
	o.Extra = append(slices.Clone(o.Extra), h.All("extra")...)
	o.Faults = slices.Clone(o.Faults)
	for _, text := range h.All("fault") {
		f, err := ParseFault(text)
		if err != nil {
			return err
		}
		o.Faults = append(o.Faults, f)
	}
	if h.Has("password") {
		o.Users = with(o.Users, h.Get("login"), h.Get("password"))
	}
	if h.Has("token") {
		o.Tokens = with(o.Tokens, h.Get("login"), h.Get("token"))
	}
	_, err := o.tlsConfig()
	return err
}

// The function with returns a copy of m in which key has the given value.
func with(m map[string]string, key, value string) map[string]string {
	c := map[string]string{key: value}
	for k, v := range m {
		if k != key {
			c[k] = v
		}
	}
	return c
}
