// SPDX-License-Identifier: MIT

package interop

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var fileNames = []string{"empty.bin", "thirty megabytes.bin", "😀 smile.txt"}

// makeParts writes the bodies and attachments of the mails to a folder, and returns it.
// The bodies contain text that programs often encode wrongly.
func makeParts(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, content []byte) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), content, 0o600))
	}
	text := []string{
		"Dear all,", "", ".", "..", ".a line that begins with a dot", "From the start of a line",
		"trailing blanks  \t", "=20 =3D = at the end =", "--", "-- ",
		"Grüße, žluťoučký kůň, 日本語, 😀",
		strings.Repeat("long ", 500), strings.Repeat("longer without a blank", 100), "\tthe end",
	}
	write("text.txt", []byte(strings.Join(text, "\n")+"\n"))
	page := "<!DOCTYPE html>\n<html><body>\n<p style=\"color:#c00\">Grüße &amp; 日本語</p>\n.\n<pre>" +
		strings.Repeat("x", 2000) + "</pre>\n</body></html>\n"
	write("page.html", []byte(page))

	random := rand.NewChaCha8([32]byte{1})
	big := make([]byte, 30<<20)
	_, _ = random.Read(big)
	copy(big[1<<20:], "\r\n.\r\n\n.\n\r.\r\x00From ") // must arrive unchanged
	write(fileNames[0], nil)
	write(fileNames[1], big)
	write(fileNames[2], bytes.Repeat([]byte("a line that ends with CRLF\r\nand one with LF\n.\n"), 50))
	return dir
}
