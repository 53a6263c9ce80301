// SPDX-License-Identifier: MIT

package mailer

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var configurationBlock = regexp.MustCompile("(?s)```ini\n(.*?)```")

// TestConfigurationInDocuments reads each configuration file that a document
// shows.
func TestConfigurationInDocuments(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	require.NoError(t, err)
	blocks := 0
	for _, page := range append(pages, "../../README.md") {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, m := range configurationBlock.FindAllSubmatch(text, -1) {
			blocks++
			c := configuration{path: page, settings: &settings{server: "smtp.office365.com"}}
			require.NoError(t, c.read(m[1]), "%s", m[1])
			require.NoError(t, c.finish(), "%s", m[1])
			assert.NotNil(t, c.settings.login.grant, "%s: %s", page, m[1])
		}
	}
	assert.Positive(t, blocks)
}
