// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"fmt"
	"strings"

	"csmtp/internal/header"
)

const generated = "Code generated from include/csmtp_c.h by internal/header/generate. DO NOT EDIT."

// entries writes gate.c.
func entries(l *library) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, `/* SPDX-License-Identifier: MIT */
/* %s */

/* The functions of csmtp_c.h. Each of them calls gateEnter (see internal/gate/entry.h),
 * and then the Go function that exports*.go exports for it. */
#include "entry.h"
#include "_cgo_export.h"
`, generated)
	for _, g := range l.header.Groups {
		fmt.Fprintf(&b, "\n/* ---- %s */\n", g.Title)
		for _, f := range g.Functions {
			if !ownEntry[f.Name] {
				fmt.Fprintf(&b, "\n%s\n{\n  %s\n}\n", definition(f), entry(f))
			}
		}
	}
	return b.Bytes(), nil
}

// definition returns the head of the function's definition.
func definition(f header.Function) string {
	var params []string
	for _, p := range f.Params {
		params = append(params, join(p.Type, p.Name))
	}
	if params == nil {
		params = []string{"void"}
	}
	return fmt.Sprintf("%s(%s)", join(f.Result, "CSMTP_CALL "+f.CName()), strings.Join(params, ", "))
}

// join returns a C type and a name, without a space after an asterisk.
func join(t, name string) string {
	if strings.HasSuffix(t, "*") {
		return t + name
	}
	return t + " " + name
}

// entry returns the function's body.
func entry(f header.Function) string {
	handle := f.Handle()
	if handle == "" {
		handle = "0"
	}
	var names, arguments []string
	for _, p := range f.Params {
		names = append(names, p.Name)
		arguments = append(arguments, cast(p))
	}
	kind, special := kindOf(f)
	return fmt.Sprintf("%s(%s, %s, go%s(%s), %s, (%s))",
		kind, handle, special, f.Name, strings.Join(arguments, ", "), f.Name, strings.Join(names, ", "))
}

// cast returns the argument for the Go export, whose parameters have no const. A value that
// need not be an address, such as 'user' or an empty array, is a number for Go, which ends the process if it
// finds a pointer that is none.
func cast(p header.Param) string {
	switch p.Type {
	case "const char *":
		return "(char *)" + p.Name
	case "const void *", "void *", "const CSmtpHandle *", "int *":
		return "(uintptr_t)" + p.Name
	case "const char **":
		return "(char **)" + p.Name
	}
	return p.Name
}

// kindOf returns the macro of entry.h for the function's kind of result, and the
// flags of entry.h that apply.
func kindOf(f header.Function) (kind, special string) {
	var flags []string
	if anywhere[f.Name] {
		flags = append(flags, "GATE_ANYWHERE")
	}
	if writes[f.Name] {
		flags = append(flags, "GATE_WRITES")
	}
	if special = strings.Join(flags, " | "); special == "" {
		special = "0"
	}
	switch {
	case makes[f.Name]:
		kind = "GATE_HANDLE"
	case f.Name == "GetErrorText":
		kind = "GATE_SENTENCE"
	case nullable[f.Name]:
		kind = "GATE_NULLABLE"
	case f.Result == "const char *":
		kind = "GATE_TEXT"
	case f.Result == "unsigned int", strings.HasPrefix(f.Name, "Get"), strings.HasPrefix(f.Name, "Is"):
		kind = "GATE_VALUE"
	default:
		kind = "GATE_CODE"
	}
	return kind, special
}

// prototypes writes internal/gate/exports.h.
func prototypes(l *library) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, `/* SPDX-License-Identifier: MIT */
/* %s */

/* The Go exports, for the C files of internal/gate. exports.go includes this file
 * next to the declarations that cgo generates, so that the compiler compares
 * both. */
#ifndef CSMTP_EXPORTS_H
#define CSMTP_EXPORTS_H

#include "csmtp_c.h"

/* A number for each function of csmtp_c.h: see gateCopy. */
enum {
`, generated)
	for _, f := range l.header.Functions {
		fmt.Fprintf(&b, "  GATE_ENTRY_%s,\n", f.Name)
	}
	b.WriteString(`  GATE_ENTRIES
};

extern void goStart(uintptr_t first);
`)
	for _, f := range l.header.Functions {
		var params []string
		for _, p := range f.Params {
			t := strings.Replace(p.Type, "const ", "", 1)
			if strings.HasPrefix(cast(p), "(uintptr_t)") {
				t = "uintptr_t"
			}
			params = append(params, join(t, p.Name))
		}
		if params == nil {
			params = []string{"void"}
		}
		fmt.Fprintf(&b, "extern %s(%s);\n", join(strings.Replace(f.Result, "const ", "", 1), "go"+f.Name), strings.Join(params, ", "))
	}
	b.WriteString("\n#endif\n")
	return b.Bytes(), nil
}
