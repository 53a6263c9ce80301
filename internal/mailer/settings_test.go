// SPDX-License-Identifier: MIT

//go:build unix

package mailer

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A handle and its clone use the same settings until one of them is changed. Each setter then
// changes only its own handle.
func TestSetterChangesOnlyItsHandle(t *testing.T) {
	dir := t.TempDir()
	makeCallerFiles(t, dir)
	set := setAll(dir)
	for name := range marks(t) {
		t.Run(name, func(t *testing.T) {
			require.NotNil(t, set[name], "setAll has no call to CSmtp_%s", name)
			h := cleanHandle(t)
			base(t, h)
			first, n := Clone(h)
			require.Equal(t, NoError, n)
			defer Free(first)
			second, n := Clone(first)
			require.Equal(t, NoError, n)
			defer Free(second)
			require.Same(t, Lookup(h).settings, Lookup(second).settings, "a clone has a copy of the settings")
			before := composed(t, h)

			mustCall(t, first, set[name])
			changed := composed(t, first)
			assert.NotEqual(t, before, changed, "the setter changes nothing that composed shows")
			assert.Equal(t, before, composed(t, h), "the setter of a clone changes the original")
			assert.Equal(t, before, composed(t, second), "the setter of a clone changes its clone")

			mustCall(t, h, set[name])
			assert.Equal(t, before, composed(t, second), "the setter of the original changes a clone")
			mustCall(t, second, set[name])
			assert.Equal(t, changed, composed(t, first))
		})
	}
}

// New handles use the same settings, which no setter changes.
func TestInitialSettingsStay(t *testing.T) {
	dir := t.TempDir()
	makeCallerFiles(t, dir)
	for name, set := range setAll(dir) {
		h := New()
		Call(h, set)
		Free(h)
		require.Equal(t, defaultSettings(), initial, name)
	}
}

// Only the method edit returns settings for a change: an assignment to a field of m.settings would
// change the settings of other handles too.
func TestOnlyEditChangesSettings(t *testing.T) {
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	files := token.NewFileSet()
	reads := 0
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(files, e.Name(), nil, 0)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for _, to := range n.Lhs {
					refuseChange(t, files, to)
				}
			case *ast.IncDecStmt:
				refuseChange(t, files, n.X)
			case *ast.UnaryExpr:
				if n.Op == token.AND {
					refuseChange(t, files, n.X)
				}
			case *ast.SelectorExpr:
				if owner(n) != "" {
					reads++
				}
			}
			return true
		})
	}
	require.Greater(t, reads, 50)
}

// owner returns the name of X if e is a field of X.settings, and otherwise "".
func owner(e ast.Expr) string {
	for {
		field, ok := e.(*ast.SelectorExpr)
		if !ok {
			return ""
		}
		if inner, ok := field.X.(*ast.SelectorExpr); ok && inner.Sel.Name == "settings" {
			if name, ok := inner.X.(*ast.Ident); ok {
				return name.Name
			}
			return "a mailer"
		}
		e = field.X
	}
}

func refuseChange(t *testing.T, files *token.FileSet, e ast.Expr) {
	of, at := owner(e), files.Position(e.Pos())
	// The configuration file has settings of its own, which no mailer uses.
	if of != "" && !(of == "c" && strings.HasPrefix(at.Filename, "config")) {
		t.Errorf("%s: a setting is changed without the method edit", at)
	}
}
