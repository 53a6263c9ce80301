// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"fmt"
	"go/format"
	"strings"

	"csmtp/internal/header"
)

// exports writes exports_generated.go. For each function that irregular.go does not list in
// ownExport, the file contains an exported Go function that converts the arguments and
// calls the method of the same name.
func exports(l *library) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, `// SPDX-License-Identifier: MIT

// %s

package main

// #include "csmtp_c.h"
import "C"

import "csmtp/internal/mailer"
`, generated)
	for _, f := range l.header.Functions {
		if ownExport[f.Name] {
			continue
		}
		if r, ok := l.report[f.Name]; ok {
			b.WriteString("\n" + told(f, r))
			continue
		}
		m, ok := l.methods[f.Name]
		if !ok {
			return nil, fmt.Errorf("csmtp_c.h declares %s, but mailer.Mailer has no method %s", f.CName(), f.Name)
		}
		text, err := export(f, m)
		if err != nil {
			return nil, fmt.Errorf("%s: %w: change the method, or write the export by hand and name it in irregular.go", f.CName(), err)
		}
		b.WriteString("\n" + text)
	}
	return format.Source(b.Bytes())
}

// goTypes maps each C type to the Go types that the corresponding parameter of a method can
// have. For each Go type, it contains the expression that converts the argument %s.
var goTypes = map[string]map[string]string{
	"const char *":   {"string": "oneLine(%s)", "*string": "optional(%s)"},
	"int":            {"bool": "%s != 0", "int": "int(%s)"},
	"unsigned int":   {"uint32": "uint32(%s)"},
	"unsigned short": {"uint16": "uint16(%s)"},
	"int64_t":        {"int64": "int64(%s)"},
}

// results maps the result type of a C function, and the result type of the Go method behind
// it, to the name of the function in exports_values.go that calls the method and converts
// its result.
var results = map[string]map[string]string{
	"int":          {"error": "run", "int": "num", "bool": "truth"},
	"unsigned int": {"int": "count"},
	"const char *": {"string": "text"},
}

func export(f header.Function, m method) (string, error) {
	params := f.Params[1:]
	if len(m.params) != len(params) || len(m.results) != 1 {
		return "", fmt.Errorf("the method takes %d arguments and returns %d values", len(m.params), len(m.results))
	}
	caller, ok := results[f.Result][m.results[0]]
	if !ok {
		return "", fmt.Errorf("no rule returns Go's %s as C's %s", m.results[0], f.Result)
	}
	var arguments, checks []string
	for i, p := range params {
		rule, ok := goTypes[p.Type][m.params[i]]
		if !ok {
			return "", fmt.Errorf("no rule converts C's %s to Go's %s", p.Type, m.params[i])
		}
		if hasLines[p.Name] {
			rule = strings.Replace(rule, "oneLine(", "C.GoString(", 1)
		}
		arguments = append(arguments, fmt.Sprintf(rule, goName(p.Name)))
		if p.Type == "const char *" && m.params[i] == "string" && !f.MayBeNull(p.Name) {
			checks = append(checks, fmt.Sprintf("if %s == nil {\nreturn isNull(%q, %q)\n}\n", goName(p.Name), f.Name, p.Name))
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "//export go%s\nfunc go%s(%s) %s {\n", f.Name, f.Name, goParams(f.Params), cgoType(f.Result))
	fmt.Fprintf(&b, "return %s(h, %sfunc(m *mailer.Mailer) %s {\n%sreturn m.%s(%s)\n})\n}\n",
		caller, textKey(f, params), m.results[0], strings.Join(checks, ""), f.Name, strings.Join(arguments, ", "))
	return b.String(), nil
}

// told returns the source of the exported Go function for a C function that reports on
// the last call.
func told(f header.Function, m method) string {
	index, arguments := "0", ""
	if len(f.Params) == 2 {
		index = goName(f.Params[1].Name)
		arguments = fmt.Sprintf("uint32(%s)", index)
	}
	var call string
	switch m.results[0] {
	case "string":
		call = fmt.Sprintf("toldText(h, %q, %s, %v, func(r mailer.Report) string { return r.%s(%s) })",
			f.Name, index, aboutMail[f.Name], f.Name, arguments)
	case "bool":
		call = fmt.Sprintf("cBool(mailer.Told(uintptr(h), %v).%s(%s))", aboutMail[f.Name], f.Name, arguments)
	default:
		call = fmt.Sprintf("%s(mailer.Told(uintptr(h), %v).%s(%s))", cgoType(f.Result), aboutMail[f.Name], f.Name, arguments)
	}
	return fmt.Sprintf("//export go%s\nfunc go%s(%s) %s {\nreturn %s\n}\n", f.Name, f.Name, goParams(f.Params), cgoType(f.Result), call)
}

// textKey returns two arguments in Go source: the name of the function that returns a text,
// and the index if the function has one. They identify the text, which the library keeps in
// memory after the function has returned. If the function does not return a text, textKey
// returns "".
func textKey(f header.Function, params []header.Param) string {
	if f.Result != "const char *" {
		return ""
	}
	index := "0"
	if len(params) == 1 {
		index = goName(params[0].Name)
	}
	return fmt.Sprintf("%q, %s, ", f.Name, index)
}

// goParams returns the parameters as a Go function declares them.
func goParams(params []header.Param) string {
	var list []string
	for _, p := range params {
		list = append(list, goName(p.Name)+" "+cgoType(p.Type))
	}
	return strings.Join(list, ", ")
}

// goName converts a name such as content_type to contentType.
func goName(name string) string {
	words := strings.Split(name, "_")
	for i := 1; i < len(words); i++ {
		words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
	}
	return strings.Join(words, "")
}

func cgoType(t string) string {
	switch t {
	case "const char *":
		return "*C.char"
	case "unsigned int":
		return "C.uint"
	case "unsigned short":
		return "C.ushort"
	}
	return "C." + t
}
