// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"csmtp/internal/header"
)

// abi writes tests/embed/abi.txt. It contains one line for each function (including the
// types of the result and the parameters), one for each constant, and one for each type. A
// line of an earlier version is never changed or removed.
func abi(l *library) ([]byte, error) {
	old, err := os.ReadFile(filepath.Join(l.root, "tests/embed/abi.txt"))
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	lines := map[string]bool{}
	for _, f := range l.header.Functions {
		lines[fmt.Sprintf("function %s %s(%s)", f.Result, f.CName(), typesOf(f.Params))] = true
	}
	for _, e := range l.header.Enums {
		for _, v := range e.Values {
			lines[fmt.Sprintf("number %s = %d", v.Name, v.Value)] = true
		}
	}
	for _, t := range l.header.Typedefs {
		if t.Members == nil {
			lines["type "+t.Text] = true
		}
		for i, m := range t.Members { // a later version may add members, so each has its own line
			lines[fmt.Sprintf("member %s %02d %s %s", t.Name, i, m.Type, m.Name)] = true
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(string(old)), "\n") {
		if line != "" && !lines[line] {
			return nil, fmt.Errorf("csmtp_c.h no longer has %q: a released function or number must stay", line)
		}
	}
	return sorted(lines), nil
}

func typesOf(params []header.Param) string {
	if params == nil {
		return "void"
	}
	var list []string
	for _, p := range params {
		list = append(list, p.Type)
	}
	return strings.Join(list, ", ")
}

func sorted(lines map[string]bool) []byte {
	var list []string
	for line := range lines {
		list = append(list, line)
	}
	sort.Strings(list)
	return []byte(strings.Join(list, "\n") + "\n")
}

// names writes packaging/functions.txt, from which scripts read the names of the functions.
func names(l *library) ([]byte, error) {
	lines := map[string]bool{}
	for _, f := range l.header.Functions {
		lines[f.CName()] = true
	}
	return sorted(lines), nil
}

// symbols writes the symbols file of the Debian package. A new function gets the current
// version of the library; the other functions keep the version that the file contains.
func symbols(l *library) ([]byte, error) {
	const path = "packaging/debian/libcsmtp1.symbols"
	old, err := os.ReadFile(filepath.Join(l.root, path))
	if err != nil {
		return nil, err
	}
	since := map[string]string{}
	for _, line := range strings.Split(string(old), "\n") {
		if symbol, version, ok := strings.Cut(strings.TrimSpace(line), "@CSMTP_1 "); ok {
			since[symbol] = version
		}
	}
	for _, f := range l.header.Functions {
		if since[f.CName()] == "" {
			since[f.CName()] = l.version
		}
	}
	names := make([]string, 0, len(since))
	for name := range since {
		names = append(names, name)
	}
	sort.Strings(names)
	var b bytes.Buffer
	b.WriteString("libcsmtp.so.1 libcsmtp1 #MINVER#\n")
	for _, name := range names {
		fmt.Fprintf(&b, " %s@CSMTP_1 %s\n", name, since[name])
	}
	return b.Bytes(), nil
}
