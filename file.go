// SPDX-License-Identifier: MIT

package main

import (
	"io"
	"os"
	"path/filepath"
)

// writeFile puts content in place of path in one step, so that nobody ever
// sees half of it.
func writeFile(path string, content io.WriterTo) (err error) {
	if path == "" {
		return faultf(badArgument, "SaveMessage: the path is empty")
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		// As root this would put a file in place of /dev/null.
		return faultf(fileNotExist, "SaveMessage: %s is there, and no regular file", path)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".csmtp-*")
	if err != nil {
		return faultf(fileNotExist, "SaveMessage: %v", err)
	}
	defer func() {
		f.Close()
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if _, err = content.WriteTo(f); err != nil {
		return err
	}
	if err = f.Chmod(0o644); err == nil {
		err = f.Close()
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return faultf(fileNotExist, "SaveMessage: %v", err)
	}
	return nil
}
