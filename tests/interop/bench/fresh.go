// SPDX-License-Identifier: MIT

package main

import (
	"os"
	"strings"
)

// fresh replaces the program of a client with a copy of itself. If the client uses libcsmtp.so,
// fresh replaces the library too. The CPU time of the same program differs by up to a quarter,
// depending on the physical memory into which its file was read. So each run uses different memory.
func (b *bench) fresh(client string) error {
	command := commands[client]
	if len(command) == 0 {
		return nil // an installed program
	}
	program, ok := strings.CutPrefix(command[0], "./")
	if !ok {
		return nil // an interpreter
	}
	files := []string{program}
	switch command[0] {
	case "./csmtp":
		files = append(files, "library/libcsmtp.so.1")
	case earlierProgram:
		files = append(files, "earlier/libcsmtp.so.1")
	}
	for _, file := range files {
		if err := replace(b.path(file)); err != nil {
			return err
		}
	}
	return nil
}

func replace(path string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", content, 0o755); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
