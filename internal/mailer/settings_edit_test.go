// SPDX-License-Identifier: MIT

package mailer

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Code changes the settings of a mailer only through the method edit. Any other change could apply
// to the settings of other mailers too.
func TestOnlyEditChangesSettings(t *testing.T) {
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	c := changes{t: t, files: token.NewFileSet(), writers: map[string]bool{}}
	var all []*ast.FuncDecl
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(c.files, e.Name(), nil, 0)
		require.NoError(t, err)
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
				all = append(all, f)
			}
		}
	}
	for _, f := range all {
		c.noteWriter(f)
	}
	require.Equal(t, map[string]bool{"clear": true}, c.writers, "the methods that change settings")
	for _, f := range all {
		c.check(f)
	}
	require.Greater(t, c.reads, 50, "fields of settings are read in more places")
}

// changes finds changes of settings.
type changes struct {
	t       *testing.T
	files   *token.FileSet
	writers map[string]bool // methods of settings, or of a part of them, that change their receiver
	reads   int
	local   map[string]bool // variables of the current function that point to a mailer's settings
}

// parts are the types of settings and of its fields.
var parts = []string{"settings", "envelope", "login", "trust", "logging", "record", "transport"}

// pointedTo returns T if e is *T.
func pointedTo(e ast.Expr) string {
	if p, ok := e.(*ast.StarExpr); ok {
		if name, ok := p.X.(*ast.Ident); ok {
			return name.Name
		}
	}
	return ""
}

// noteWriter adds f to c.writers if it is a method that changes its receiver.
func (c *changes) noteWriter(f *ast.FuncDecl) {
	if f.Recv == nil || len(f.Recv.List[0].Names) == 0 || !slices.Contains(parts, pointedTo(f.Recv.List[0].Type)) {
		return
	}
	receiver := f.Recv.List[0].Names[0].Name
	each(f, func(e ast.Expr, assigned bool) {
		if part, root := rootOf(e); assigned && part && root == receiver {
			c.writers[f.Name.Name] = true
		}
	})
}

// check reports the changes in f that are not made through edit.
func (c *changes) check(f *ast.FuncDecl) {
	c.local = map[string]bool{}
	for _, p := range f.Type.Params.List {
		for _, name := range p.Names {
			c.local[name.Name] = pointedTo(p.Type) == "settings"
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, value := range n.Rhs {
				if name, ok := n.Lhs[i].(*ast.Ident); ok && len(n.Lhs) == len(n.Rhs) && c.points(value) {
					c.local[name.Name] = true
				}
			}
		case *ast.CallExpr:
			if s, ok := n.Fun.(*ast.SelectorExpr); ok && c.writers[s.Sel.Name] {
				c.refuse(s.X)
			}
			if len(n.Args) > 0 && changesArgument(n.Fun) {
				c.refuse(n.Args[0])
			}
		case *ast.SelectorExpr:
			if owner(n) != "" {
				c.reads++
			}
		}
		return true
	})
	each(f, func(e ast.Expr, assigned bool) {
		if assigned || owner(e) != "" {
			c.refuse(e)
		}
	})
}

// changesArgument reports whether the function f changes its first argument, a slice or a map.
func changesArgument(f ast.Expr) bool {
	switch f := f.(type) {
	case *ast.Ident:
		return slices.Contains([]string{"clear", "copy", "delete"}, f.Name)
	case *ast.SelectorExpr:
		of, _ := f.X.(*ast.Ident)
		return of != nil && (of.Name == "sort" || of.Name == "maps" && f.Sel.Name != "Clone" && f.Sel.Name != "Keys" ||
			of.Name == "slices" && (strings.HasPrefix(f.Sel.Name, "Sort") || f.Sel.Name == "Reverse" || f.Sel.Name == "Delete"))
	}
	return false
}

// points reports whether e is a pointer to a mailer's settings or to a part of them.
func (c *changes) points(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		return e.Sel.Name == "settings"
	case *ast.UnaryExpr:
		_, root := rootOf(e.X)
		return e.Op == token.AND && c.local[root]
	}
	return false
}

// each calls found for each expression in f that is assigned to, or whose address is taken.
func each(f *ast.FuncDecl, found func(e ast.Expr, assigned bool)) {
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, to := range n.Lhs {
				found(to, true)
			}
		case *ast.IncDecStmt:
			found(n.X, true)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				found(n.X, false)
			}
		}
		return true
	})
}

// rootOf returns the variable with which e begins, and reports whether e is a part of it, such as
// a field or an element.
func rootOf(e ast.Expr) (part bool, root string) {
	for {
		switch x := e.(type) {
		case *ast.SelectorExpr:
			part, e = true, x.X
		case *ast.IndexExpr:
			part, e = true, x.X
		case *ast.StarExpr:
			part, e = true, x.X
		case *ast.ParenExpr:
			e = x.X
		case *ast.Ident:
			return part, x.Name
		default:
			return part, ""
		}
	}
}

// owner returns the name of X if e is a part of X.settings, and otherwise "". If X is not an
// identifier, owner returns "a mailer".
func owner(e ast.Expr) string {
	for {
		var inner ast.Expr
		switch x := e.(type) {
		case *ast.SelectorExpr:
			inner = x.X
		case *ast.IndexExpr:
			inner = x.X
		case *ast.StarExpr:
			inner = x.X
		case *ast.ParenExpr:
			e = x.X
			continue
		default:
			return ""
		}
		if s, ok := inner.(*ast.SelectorExpr); ok && s.Sel.Name == "settings" {
			if name, ok := s.X.(*ast.Ident); ok {
				return name.Name
			}
			return "a mailer"
		}
		e = inner
	}
}

// refuse reports a change of e if e is a part of a mailer's settings. Two files have settings that
// no other mailer uses: those of the configuration file, and the copy for a forked child.
func (c *changes) refuse(e ast.Expr) {
	of, at := owner(e), c.files.Position(e.Pos())
	part, root := rootOf(e)
	local := part && c.local[root]
	switch {
	case of == "" && !local:
	case strings.HasPrefix(at.Filename, "config") && (of == "c" || local):
	case at.Filename == "inherit.go" && local:
	default:
		c.t.Errorf("%s: a setting is changed without the method edit", at)
	}
}
