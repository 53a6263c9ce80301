// SPDX-License-Identifier: MIT

package oauth

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// CheckAssertionFile returns an error if path looks like a token, and not like the path of a
// file. Errors about the file can contain its path: if the path were a token, they would
// reveal it. The file need not exist yet.
func CheckAssertionFile(path string) error {
	if looksLikeToken(path) {
		return errors.New("oauth: a token is set as the assertion file: set the path of a file that contains the token")
	}
	return nil
}

// looksLikeToken reports whether s looks like a JSON Web Token: it is long, has no slashes and
// at least three segments, and the first segment begins with "{" in base64url.
func looksLikeToken(s string) bool {
	begins := strings.HasPrefix(s, "ey") || strings.HasPrefix(s, "ew")
	return begins && len(s) > 40 && strings.Count(s, ".") >= 2 && !strings.ContainsAny(s, `/\`)
}

// readAssertion returns the token in a file, without white space around it.
func readAssertion(path string) (string, error) {
	shown := "the assertion file"
	if filepath.IsAbs(path) {
		shown += " " + path
	}
	octets, err := readSmallFile(path)
	defer clear(octets)
	if err != nil {
		var cause *fs.PathError
		if errors.As(err, &cause) {
			err = cause.Err
		}
		return "", fmt.Errorf("%s: %w", shown, err)
	}
	token := bytes.TrimSpace(octets)
	if len(token) == 0 || len(octets) > maxField || bytes.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return "", fmt.Errorf("%s contains no token", shown)
	}
	return string(token), nil
}

// readSmallFile returns the beginning of a regular file. It refuses FIFOs, because reading
// one can block, and devices, some of which have no end.
func readSmallFile(path string) ([]byte, error) {
	info, err := os.Stat(path) // opening a device can have side effects
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New(notRegular)
	}
	f, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxField+1))
}

// openRegular opens a regular file for reading. It does not block if the file was replaced by
// a FIFO after it was checked.
func openRegular(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|nonblocking, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New(notRegular)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
