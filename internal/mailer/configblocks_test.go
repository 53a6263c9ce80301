// SPDX-License-Identifier: MIT

package mailer

import (
	"regexp"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var configSection = regexp.MustCompile(`(?m)^\[([\w.-]+)\]$`)

// TestConfigurationInDocuments parses each configuration file that the documents show, as
// if the program used the server of the file's first section.
func TestConfigurationInDocuments(t *testing.T) {
	p := makeGrantFiles(t, t.TempDir(), "https://127.0.0.1:1")
	blocks := 0
	for page, text := range hosttest.Documents(t) {
		fences, _, err := hosttest.Fences(text)
		require.NoError(t, err, page)
		for _, f := range fences {
			if f.Language != "ini" {
				continue
			}
			blocks++
			server := configSection.FindStringSubmatch(f.Text)
			require.NotNil(t, server, "%s, line %d: no section", page, f.Line)
			own := settings{server: server[1]}
			c := configuration{path: page, settings: &own}
			require.NoError(t, c.read([]byte(withFiles(p, f.Text))), "%s, line %d", page, f.Line)
			require.NoError(t, c.finish(), "%s, line %d", page, f.Line)
			assert.True(t, own.port != 0 || own.transport.service != "" || own.record.file != "", "%s, line %d: the settings do not apply", page, f.Line)
		}
	}
	assert.Positive(t, blocks)
}

// withFiles returns a copy of text in which the paths of certificates, keys and service
// accounts are replaced with the paths in p. These files must exist, because they are read
// when the configuration is parsed.
func withFiles(p grantPaths, text string) string {
	for key, path := range map[string]string{"oauth2-certificate": p.certificate, "oauth2-key": p.key, "oauth2-service-account": p.account} {
		text = regexp.MustCompile(`(?m)^`+key+` = /.*$`).ReplaceAllLiteralString(text, key+" = "+path)
	}
	return text
}
