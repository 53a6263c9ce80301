// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// method is the signature of a method. The types are written as in the source.
type method struct {
	params  []string
	results []string
}

// readMethods returns the exported methods of a type of the package in dir.
func readMethods(dir, receiver string) (map[string]method, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	found := map[string]method{}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return nil, err
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil && f.Name.IsExported() && typeName(f.Recv.List[0].Type) == receiver {
				found[f.Name.Name] = method{types(f.Type.Params), types(f.Type.Results)}
			}
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s has no method of %s", dir, receiver)
	}
	return found, nil
}

// types returns the types of the parameters or results in the list.
func types(fields *ast.FieldList) []string {
	var list []string
	if fields == nil {
		return nil
	}
	for _, f := range fields.List {
		for range max(1, len(f.Names)) {
			list = append(list, typeName(f.Type))
		}
	}
	return list
}

func typeName(e ast.Expr) string {
	switch t := e.(type) {
	case *ast.Ident:
		return t.Name
	case *ast.StarExpr:
		return "*" + typeName(t.X)
	}
	return "?"
}

var versionLine = regexp.MustCompile(`(?m)^const Version = "(.*)"$`)

func readVersion(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	m := versionLine.FindSubmatch(text)
	if m == nil {
		return "", fmt.Errorf("%s has no version", path)
	}
	return string(m[1]), nil
}
