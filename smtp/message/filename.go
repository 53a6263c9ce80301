// SPDX-License-Identifier: MIT

package message

import (
	"os"
	"strings"
	"unicode/utf8"
)

// lastElement cuts a path down to a file name. The slash separates everywhere;
// the backslash where the system says so, and in what is plainly a path of
// Windows: C:\a or \\server\share.
func lastElement(path string, backslash bool) string {
	if !backslash {
		drive := len(path) > 2 && path[1] == ':' && path[2] == '\\' && isAlnum(path[0])
		backslash = drive || strings.HasPrefix(path, `\\`)
	}
	end := strings.LastIndexByte(path, '/')
	if backslash {
		end = strings.LastIndexAny(path, `/\`)
	}
	return path[end+1:]
}

// fileName is the name that the reader of the mail sees.
func (c *charset) fileName(a *Attachment) (string, error) {
	const windows = os.PathSeparator == '\\'
	if a.Name != "" {
		name, _, err := c.oneLine("SetAttachmentName", a.Name)
		if err != nil {
			return "", err
		}
		if name = lastElement(name, windows); name == "" || name == "." || name == ".." {
			return "", invalid("SetAttachmentName", a.Name, "is a folder and not a file name", nil)
		}
		return name, nil
	}
	if a.Path == "" {
		return "", nil
	}
	// What the system calls a file is UTF-8 nowadays, whatever the charset of
	// the mail; in older systems both are the same.
	name := lastElement(a.Path, windows)
	if !utf8.ValidString(name) {
		u, _, err := c.decode("AddAttachment", name)
		if err != nil {
			u = strings.ToValidUTF8(name, "_")
		}
		name = u
	}
	return name, noControls("AddAttachment", name)
}
