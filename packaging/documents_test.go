// SPDX-License-Identifier: MIT

package packaging

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// linksResolve checks that each relative link in the documents below folder leads to a file
// below folder. It also requires more than 20 such links, so that the check cannot pass
// without links.
func linksResolve(t *testing.T, folder string) {
	t.Helper()
	links := 0
	for _, name := range files(t, folder) {
		if filepath.Ext(name) != ".md" {
			continue
		}
		_, prose, err := hosttest.Fences(read(t, filepath.Join(folder, name)))
		require.NoError(t, err, name)
		for _, link := range hosttest.Links(prose) {
			path, _, _ := strings.Cut(link, "#")
			if strings.Contains(link, ":") || path == "" {
				continue
			}
			links++
			target := filepath.Join(filepath.Dir(name), path)
			assert.True(t, filepath.IsLocal(target), "%s: %s", name, link)
			_, err := os.Stat(filepath.Join(folder, target))
			assert.NoError(t, err, "%s: %s", name, link)
		}
	}
	assert.Greater(t, links, 20)
}

// After cmake/documents.sh, the documents have no links to files that are not installed.
func TestInstalledDocuments(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a folder")
	require.NoError(t, os.MkdirAll(filepath.Join(folder, "docs"), 0o755))
	for _, name := range []string{"README.md", "LICENSE"} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(read(t, "../"+name)), 0o644))
	}
	for _, pattern := range []string{"*.md", "*.png"} {
		found, err := filepath.Glob("../docs/" + pattern)
		require.NoError(t, err)
		require.NotEmpty(t, found)
		for _, path := range found {
			require.NoError(t, os.WriteFile(filepath.Join(folder, "docs", filepath.Base(path)), []byte(read(t, path)), 0o644))
		}
	}
	more := "[one](testing.md), [two](gone/two.md), ![three](../docs/../../x/three.png), [four.h](../include/four.h#x),\n" +
		"[five](https://example.com/), [six](#six), `[seven](seven.md)`\n\n```sh\n[eight](eight.md)\n```\n"
	require.NoError(t, os.WriteFile(filepath.Join(folder, "docs", "more.md"), []byte(more), 0o644))
	require.NoError(t, hosttest.Command(".", nil, "cmake/documents.sh", folder))
	linksResolve(t, folder)
	assert.Equal(t, "[one](testing.md), two, docs/gone/two.md (in the source tree), three, ../x/three.png (in the source tree), include/four.h (in the source tree),\n"+
		"[five](https://example.com/), [six](#six), `[seven](seven.md)`\n\n```sh\n[eight](eight.md)\n```\n", read(t, filepath.Join(folder, "docs", "more.md")))
	assert.Contains(t, read(t, filepath.Join(folder, "docs", "testing.md")), "bindings/node/testserver.js (in the source tree)")
	assert.Contains(t, read(t, filepath.Join(folder, "README.md")), "[docs/testing.md](docs/testing.md)")
	for _, name := range files(t, folder) {
		assert.NotEqual(t, ".new", filepath.Ext(name))
	}
}
