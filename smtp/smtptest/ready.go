// SPDX-License-Identifier: MIT

package smtptest

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed scripts/*.txt
var ready embed.FS

// ReadyScripts returns the names of the built-in scripts.
func ReadyScripts() (names []string) {
	files, err := ready.ReadDir("scripts")
	if err != nil {
		panic(err) // cannot happen: the files are embedded in the program
	}
	for _, file := range files {
		names = append(names, strings.TrimSuffix(file.Name(), ".txt"))
	}
	return names
}

// ScriptText returns the text of a built-in script; see ReadyScripts.
func ScriptText(name string) (string, error) {
	text, err := ready.ReadFile("scripts/" + name + ".txt")
	if err != nil {
		return "", fmt.Errorf("unknown script %q: the built-in scripts are %s", name, strings.Join(ReadyScripts(), ", "))
	}
	return string(text), nil
}

// ReadyScript returns a built-in script.
func ReadyScript(name string) (*Script, error) {
	text, err := ScriptText(name)
	if err != nil {
		return nil, err
	}
	s, err := Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s:%w", name, err)
	}
	s.Name = name
	return s, nil
}
