// SPDX-License-Identifier: MIT

//go:build unix

package mailer

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"csmtp/internal/header"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// places matches the parameter names in csmtp_c.h that stand for a path, a host name, an
// address of this host or a URL.
var places = regexp.MustCompile(`^(path|server|domain|address|url|\w+_(file|folder|directory|path|url|host))$`)

// namesHosts lists the functions whose parameter "name" is a host name.
var namesHosts = []string{"SetLocalHostName", "SetTLSServerName"}

func isPlace(f header.Function, p header.Param) bool {
	return p.Type == "const char *" && (places.MatchString(p.Name) || p.Name == "name" && slices.Contains(namesHosts, f.Name))
}

// callOf returns a call to the method of f, with 'text' as the argument for 'place' and valid
// values as the others. It also reports whether the mailer has the method.
func callOf(f header.Function, place header.Param, text, certificate string) (func(*Mailer) error, bool) {
	method, ok := reflect.TypeFor[*Mailer]().MethodByName(f.Name)
	if !ok || method.Type.NumIn() != len(f.Params) || method.Type.NumOut() != 1 || f.Result != "int" {
		return nil, false
	}
	return func(m *Mailer) error {
		in := []reflect.Value{reflect.ValueOf(m)}
		for i, p := range f.Params[1:] {
			kind := method.Type.In(i + 1)
			value := ""
			switch {
			case p.Name == place.Name:
				value = text
			case strings.HasSuffix(p.Name, "_file"):
				value = certificate // with its key
			case p.Name == "key":
				value = callerKeys().key
			case p.Name == "path":
				value = certificate
			case p.Name == "token_url":
				value = nowhere
			case p.Name == "client_id":
				value = "id"
			case p.Name == "client_secret", p.Name == "refresh_token":
				value = callersSecret
			case p.Name == "content_id":
				value = "id@test.example"
			case p.Name == "domain", p.Name == "selector":
				value = "test.example"
			}
			switch kind.Kind() {
			case reflect.String:
				in = append(in, reflect.ValueOf(value))
			case reflect.Pointer:
				in = append(in, reflect.ValueOf(&value))
			default:
				in = append(in, reflect.Zero(kind))
			}
		}
		out := method.Func.Call(in)[0]
		if out.IsNil() {
			return nil
		}
		return out.Interface().(error)
	}, true
}

// TestControlCharacterIsNamed passes a text with a control character to each function of
// the header that takes a path, a host name or a URL. Either the function fails, or Send
// fails before MAIL is sent. The error names the character and its position.
func TestControlCharacterIsNamed(t *testing.T) {
	certificate := filepath.Join(t.TempDir(), "certificate.pem")
	require.NoError(t, os.WriteFile(certificate, []byte(callerKeys().certificate+callerKeys().key), 0o600))
	seen := 0
	for _, f := range readHeader(t).Functions {
		for _, p := range f.Params {
			if !isPlace(f, p) {
				continue
			}
			seen++
			for c, name := range map[string]string{"\x01": "control character 0x01", "\t": "TAB", "\n": "line feed", "\x7f": "control character 0x7f"} {
				t.Run(fmt.Sprintf("%s/%s/%q", f.Name, p.Name, c), func(t *testing.T) {
					text := "a" + c + "b"
					if strings.HasSuffix(p.Name, "url") {
						text = "https://127.0.0.1" + c + ":1"
					}
					want := fmt.Sprintf("%s at octet %d", name, strings.Index(text, c)+1)
					server := serve(t, smtptest.MailOptions{})
					h := handle(t, server)
					mustCall(t, h, func(m *Mailer) error { return m.SetSecurityType(useTLS) })
					mustCall(t, h, func(m *Mailer) error { return m.SetCAFile(caFile(t)) })
					call, ok := callOf(f, p, text, certificate)
					require.True(t, ok, "there is no method %s with these parameters", f.Name)
					n := Call(h, call)
					if n == NoError {
						mustCall(t, h, func(m *Mailer) error { return m.SetHTMLBody("<p>x") })
						n = Call(h, (*Mailer).Send)
					}
					assert.NotEqual(t, NoError, n)
					assert.Contains(t, Value(h, (*Mailer).GetLastErrorText), want)
					Free(h)
					for _, s := range waitIdle(t, server, 0) {
						assert.NotContains(t, s.Dialogue.String(), "MAIL")
					}
				})
			}
		}
	}
	assert.Greater(t, seen, 18)
}

// TestControlCharacterInAConfiguration makes the same checks for the keys of a
// configuration file.
func TestControlCharacterInAConfiguration(t *testing.T) {
	isPlace := regexp.MustCompile(`(-file|-directory|-folder|-certificate|-key|-url|-endpoint|^server|-name|^proxy)$`)
	seen := 0
	h := handle(t, serve(t, smtptest.MailOptions{}))
	for _, key := range configKeys {
		if !isPlace.MatchString(key) || key == "pinned-public-key" {
			continue
		}
		seen++
		value := "https://127.0.0.1\x01:1"
		configureBy(t, "[*]\n"+key+" = "+value+"\noauth2-client-id = id\noauth2-client-secret = "+callersSecret+"\n")
		text := mustFail(t, h, badConfig, (*Mailer).Send)
		assert.Contains(t, text, "control character 0x01 at octet 18", key)
		assert.Contains(t, text, "line 2", key)
		assert.Contains(t, text, key)
	}
	assert.Greater(t, seen, 8)
}
