// SPDX-License-Identifier: MIT

// Package header reads include/csmtp_c.h, the only list of the functions and numbers that
// the library offers to C. The functions in gate.c, most of the Go exports, the lists of
// symbols and parts of the bindings for other languages are generated from this list. Tests
// compare other lists with it.
package header

import (
	"regexp"
	"slices"
	"strings"
)

// Header contains the functions, enumerations and types of the header, in the order of
// the file.
type Header struct {
	Groups    []Group
	Enums     []Enum
	Typedefs  []Typedef
	Functions []Function
}

// Group is a part of the header. It begins after a line such as "---- TLS ----".
type Group struct {
	Title     string
	Functions []Function
}

// Function is an exported function. Name lacks the prefix CSmtp_, as in "SetSubject".
type Function struct {
	Name    string
	Result  string // the type in C; "void" if there is no result
	Params  []Param
	Comment string // the comments above the declaration and after it
	Mark    string // a mark in brackets in Comment: "message" if ClearMessage resets the value, or "setting"
	Group   string
}

// Param is a parameter of a function.
type Param struct {
	Name string
	Type string // the type in C, such as "const char *"
}

// Enum is an enumeration. Comment names the functions that use its constants.
type Enum struct {
	Comment string
	Values  []EnumValue
}

// EnumValue is a constant of an enumeration, such as "CSMTP_USE_TLS" with the value 1.
type EnumValue struct {
	Name    string
	Value   int
	Comment string
}

// Typedef is a type that the header defines: an integer type, a struct, or a pointer to a
// function that the library calls.
type Typedef struct {
	Name    string
	Text    string // the declaration without "typedef" and ";"
	Result  string // the C type of the result; "" if the type is not a pointer to a function
	Params  []Param
	Members []Param // of a struct
}

// IsFunction reports whether the type is a pointer to a function.
func (t Typedef) IsFunction() bool { return strings.Contains(t.Text, "(") }

// CName returns the function's name in C.
func (f Function) CName() string { return "CSmtp_" + f.Name }

// Handle returns the name of the function's first parameter if it is a handle, and
// "" otherwise.
func (f Function) Handle() string {
	if len(f.Params) > 0 && f.Params[0].Type == "CSmtpHandle" {
		return f.Params[0].Name
	}
	return ""
}

// IsValue reports whether the function returns a value other than an error number.
func (f Function) IsValue() bool {
	return f.Result != "int" || strings.HasPrefix(f.Name, "Get") || strings.HasPrefix(f.Name, "Is")
}

var nullPhrase = regexp.MustCompile(`((?:\w+(?:, | and | or ))*\w+) may be NULL`)

// MayBeNull reports whether the function's comment says that the given parameter may be
// NULL.
func (f Function) MayBeNull(parameter string) bool {
	for _, m := range nullPhrase.FindAllStringSubmatch(strings.ReplaceAll(f.Comment, "\n", " "), -1) {
		if slices.Contains(strings.FieldsFunc(m[1], func(r rune) bool { return r == ',' || r == ' ' }), parameter) {
			return true
		}
	}
	return false
}

// Errors returns the error numbers: the constants of the first enumeration.
func (h *Header) Errors() []EnumValue { return h.Enums[0].Values }

// Function returns the function with the given name, which lacks the prefix CSmtp_.
func (h *Header) Function(name string) (Function, bool) {
	for _, f := range h.Functions {
		if f.Name == name {
			return f, true
		}
	}
	return Function{}, false
}

// Value returns the value of the constant with the given name, which has the prefix CSMTP_.
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
