// SPDX-License-Identifier: MIT

package hostile

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// row is a row of a table in README.md: an attack, and the tests that show that the attack
// fails.
type row struct {
	attack string
	tests  []string
}

func tableRows(t *testing.T) []row {
	t.Helper()
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	_, prose, err := hosttest.Fences(string(text))
	require.NoError(t, err)
	var rows []row
	for _, table := range hosttest.Tables(prose) {
		if len(table.Head) < 2 || table.Head[1] != "shown by" {
			continue
		}
		for _, cells := range table.Rows {
			require.Len(t, cells, 2)
			rows = append(rows, row{cells[0], strings.Split(cells[1], ", ")})
		}
	}
	require.NotEmpty(t, rows)
	return rows
}

// Every test and every transcript that README.md names exists.
func TestTableNamesTests(t *testing.T) {
	known := map[string]map[string]bool{} // by folder
	for _, r := range tableRows(t) {
		t.Run(r.attack, func(t *testing.T) {
			for _, name := range r.tests {
				if strings.HasSuffix(name, ".txt") {
					assert.FileExists(t, filepath.Join("../../smtp/testdata", name))
					continue
				}
				folder, test, found := strings.Cut(name, ": ")
				require.True(t, found, "%q", name)
				if known[folder] == nil {
					known[folder] = testsOf(t, filepath.Join("../..", folder))
				}
				assert.Contains(t, known[folder], test)
			}
		})
	}
}

// testsOf returns the names of the tests in a folder. It also returns the names of their
// subtests that run a program, in the form Test/program/mode.
func testsOf(t *testing.T, folder string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	require.NoError(t, err)
	found := map[string]bool{}
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		require.NoError(t, err)
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
				found[f.Name.Name] = true
				for _, proof := range proofsOf(f) {
					found[f.Name.Name+"/"+proof] = true
				}
			}
		}
	}
	return found
}

// proofsOf returns "program/mode" for each composite literal in f that has the fields
// program and mode.
func proofsOf(f *ast.FuncDecl) []string {
	var proofs []string
	ast.Inspect(f, func(n ast.Node) bool {
		literal, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		text := map[string]string{}
		for _, e := range literal.Elts {
			field, keyed := e.(*ast.KeyValueExpr)
			if !keyed {
				continue
			}
			key, named := field.Key.(*ast.Ident)
			value, basic := field.Value.(*ast.BasicLit)
			if named && basic {
				text[key.Name] = strings.Trim(value.Value, `"`)
			}
		}
		if text["program"] != "" && text["mode"] != "" {
			proofs = append(proofs, text["program"]+"/"+text["mode"])
		}
		return true
	})
	return proofs
}
