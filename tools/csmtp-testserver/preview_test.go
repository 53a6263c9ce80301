// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// browser sets BROWSER to a program that writes the address to a file. It returns a
// function that waits for the address.
func browser(t *testing.T) func() string {
	t.Helper()
	folder := t.TempDir()
	script, file := filepath.Join(folder, "browser"), filepath.Join(folder, "address")
	require.NoError(t, os.WriteFile(script, []byte("#!/bin/sh\necho \"$1\" >"+file+".coming && mv "+file+".coming "+file+"\n"), 0o755))
	t.Setenv("BROWSER", script)
	return func() string {
		var text []byte
		require.Eventually(t, func() (there bool) {
			var err error
			text, err = os.ReadFile(file)
			return err == nil
		}, 20*time.Second, 5*time.Millisecond)
		return strings.TrimSpace(string(text))
	}
}

// shown contains what the page shows about a mail.
type shown struct {
	Subject  string
	Source   string
	Findings []struct{ ID, Text string }
}

func (m shown) ids() string {
	var all []string
	for _, f := range m.Findings {
		all = append(all, f.ID)
	}
	return strings.Join(all, " ")
}

func fetch(t *testing.T, address string, v any) {
	t.Helper()
	response, err := http.Get(address)
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", text)
	require.NoError(t, json.Unmarshal(text, v))
}

// render runs the program with a message on standard input. It calls the function 'look' with
// the address of the page, and returns what the program has printed.
func render(t *testing.T, message string, args []string, look func(page string)) (out, errOut string, status int) {
	t.Helper()
	wait := browser(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var printed, complaints bytes.Buffer
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, append([]string{"--render"}, args...), strings.NewReader(message), &printed, &complaints)
	}()
	once := wait()
	response, err := http.Get(once)
	require.NoError(t, err)
	response.Body.Close()
	page := response.Request.URL.String()
	assert.NotEqual(t, once, page)
	look(page)
	cancel()
	status = <-done
	return printed.String(), complaints.String(), status
}

func TestRender(t *testing.T) {
	out, errOut, status := render(t, "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\n\nx\n", nil, func(page string) {
		var mail shown
		fetch(t, page+"mails/1", &mail)
		assert.Equal(t, "Grüße", mail.Subject)
		for _, f := range mail.Findings {
			assert.NotEqual(t, "bare-lf", f.ID, "the LF line ends of a Unix file are read as CRLF")
		}
		var list struct{ Mails []shown }
		fetch(t, page+"mails", &list)
		assert.Len(t, list.Mails, 1)
	})
	assert.Equal(t, statusOK, status, errOut)
	assert.Regexp(t, `^http://127\.0\.0\.1:\d+/[a-z0-9]{26}/\n$`, out)

	file := filepath.Join(t.TempDir(), "mail.eml")
	require.NoError(t, os.WriteFile(file, []byte("Subject: in a file\r\n\r\nbare\nLF\r\n"), 0o600))
	render(t, "not this", []string{file}, func(page string) {
		var mail shown
		fetch(t, page+"mails/1", &mail)
		assert.Equal(t, "in a file", mail.Subject)
		assert.Equal(t, "bare-lf", mail.Findings[0].ID)
	})
}

func TestRenderWithoutBrowser(t *testing.T) {
	t.Setenv("BROWSER", filepath.Join(t.TempDir(), "missing"))
	var out, errOut bytes.Buffer
	status := run(t.Context(), []string{"--render", "--for", "1s"}, strings.NewReader("Subject: x\n\n"), &out, &errOut)
	assert.Equal(t, statusOK, status, errOut.String())
	assert.Contains(t, out.String(), "No browser can be started (")
	assert.Contains(t, out.String(), "Open the address above.")
}

func TestRenderRefuses(t *testing.T) {
	for want, c := range map[string]struct {
		args  []string
		input string
	}{
		"standard input is empty":                      {nil, " \n"},
		"has more than 10 octets":                      {[]string{"--max-size", "10"}, "0123456789a"},
		"no such file":                                 {[]string{"missing.eml"}, ""},
		`unexpected argument "b"`:                      {[]string{"a", "b"}, ""},
		"is not the name of a DKIM key":                {[]string{"--dkim-keys", "main.go"}, ""},
		"option --dkim-keys \"missing\": open missing": {[]string{"--dkim-keys", "missing"}, ""},
	} {
		var out, errOut bytes.Buffer
		assert.Equal(t, statusUsage, run(t.Context(), append([]string{"--render"}, c.args...), strings.NewReader(c.input), &out, &errOut), want)
		assert.Contains(t, errOut.String(), want)
		assert.Empty(t, out.String())
	}
}

// The command ends after the duration of --for, even if the message is incomplete.
func TestRenderEndsWhileReading(t *testing.T) {
	in, out := io.Pipe()
	defer out.Close()
	status := make(chan int, 1)
	var printed, complaints bytes.Buffer
	go func() {
		status <- run(t.Context(), []string{"--render", "--for", "10ms"}, in, &printed, &complaints)
	}()
	select {
	case got := <-status:
		assert.Equal(t, statusFailed, got)
		assert.Contains(t, complaints.String(), "--render ended before it had read the message")
		assert.Empty(t, printed.String())
	case <-time.After(30 * time.Second):
		assert.Fail(t, "the command does not end")
	}
}

// A preview and the page of a running server verify signatures with the keys of --dkim-keys.
func TestDKIMKeys(t *testing.T) {
	signed, err := os.ReadFile("internal/dkim/testdata/rfc8463.eml")
	require.NoError(t, err)
	keys := filepath.Join(t.TempDir(), "keys")
	require.NoError(t, os.WriteFile(keys, []byte("brisbane._domainkey IN TXT \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n"), 0o600))
	_, _, _ = render(t, string(signed), []string{"--dkim-keys", keys}, func(page string) {
		var mail shown
		fetch(t, page+"mails/1", &mail)
		assert.Contains(t, mail.ids(), "dkim-pass dkim-unchecked")
	})
	s := start(t, "--dkim-keys", keys, "--quiet")
	ready := s.ready()
	converse(t, ready["port"], "EHLO x", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA", strings.ReplaceAll(string(signed), "\n", "\r\n")+".", "QUIT")
	var mail shown
	fetch(t, ready["http"]+"mails/1", &mail)
	assert.Contains(t, mail.ids(), "dkim-pass dkim-unchecked")
}
