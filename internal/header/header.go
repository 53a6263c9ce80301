// SPDX-License-Identifier: MIT

// Package header reads include/csmtp_c.h, the one list of what the library
// offers to C. Everything that repeats the list is generated from it or
// checked against it by this package: the entries of gate.c, the regular
// exports, the symbols, the bindings of other languages, and the tests.
package header

import (
	"regexp"
	"slices"
	"strings"
)

// Header is the contract: its functions, enumerations and types, in the order
// of the file.
type Header struct {
	Groups    []Group
	Enums     []Enum
	Typedefs  []Typedef
	Functions []Function
}

// Group is a part of the header below a line such as "---- TLS ----".
type Group struct {
	Title     string
	Functions []Function
}

// Function is one exported function. Name has no prefix: "SetSubject".
type Function struct {
	Name    string
	Result  string // a C type, "void" for none
	Params  []Param
	Comment string // of the lines above, and behind the declaration
	Mark    string // what ClearMessage does to it, in brackets: "message", "setting"
	Group   string
}

// Param is one parameter of a function.
type Param struct {
	Name string
	Type string // a C type: "const char *"
}

// Enum is one enumeration without a name. Comment says which function takes
// its values.
type Enum struct {
	Comment string
	Values  []EnumValue
}

// EnumValue is one number: "CSMTP_USE_TLS", 1.
type EnumValue struct {
	Name    string
	Value   int
	Comment string
}

// Typedef is one type: a number, or a function that the library calls.
type Typedef struct {
	Name   string
	Text   string // the declaration without "typedef" and ";"
	Result string // of a function
	Params []Param
}

// IsFunction reports whether the type is a pointer to a function.
func (t Typedef) IsFunction() bool { return strings.Contains(t.Text, "(") }

// CName is the function's name in C.
func (f Function) CName() string { return "CSmtp_" + f.Name }

// Handle returns the name of the function's first parameter if that is a
// handle, else "".
func (f Function) Handle() string {
	if len(f.Params) > 0 && f.Params[0].Type == "CSmtpHandle" {
		return f.Params[0].Name
	}
	return ""
}

// IsValue reports whether the function's result is no error number.
func (f Function) IsValue() bool {
	return f.Result != "int" || strings.HasPrefix(f.Name, "Get") || strings.HasPrefix(f.Name, "Is")
}

var nullPhrase = regexp.MustCompile(`((?:\w+(?:, | and | or ))*\w+) may be NULL`)

// MayBeNull reports whether the comment says that a text may be NULL.
func (f Function) MayBeNull(parameter string) bool {
	for _, m := range nullPhrase.FindAllStringSubmatch(strings.ReplaceAll(f.Comment, "\n", " "), -1) {
		if slices.Contains(strings.FieldsFunc(m[1], func(r rune) bool { return r == ',' || r == ' ' }), parameter) {
			return true
		}
	}
	return false
}

// Errors returns the error numbers: the first enumeration.
func (h *Header) Errors() []EnumValue { return h.Enums[0].Values }

// Function returns the function of that name, without prefix.
func (h *Header) Function(name string) (Function, bool) {
	for _, f := range h.Functions {
		if f.Name == name {
			return f, true
		}
	}
	return Function{}, false
}

// Value returns the number of an enumerator, with its prefix.
func (h *Header) Value(name string) (int, bool) {
	for _, e := range h.Enums {
		for _, v := range e.Values {
			if v.Name == name {
				return v.Value, true
			}
		}
	}
	return 0, false
}
