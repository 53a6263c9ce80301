// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"csmtp/internal/header"
)

// letters maps each C type to the letter that represents it in a signature.
type letters map[string]string

// python contains the letters that bindings/python/csmtp/_library.py understands.
var python = letters{
	"void": "v", "int": "i", "unsigned int": "u", "unsigned short": "h", "int64_t": "q", "size_t": "z",
	"CSmtpHandle": "H", "const char *": "s", "const void *": "s", "void *": "p",
	"const char **": "P", "size_t *": "P", "int *": "P", "const CSmtpHandle *": "P",
	"CSmtpReadFunction": "p", "CSmtpTokenFunction": "p", "CSmtpDoneFunction": "p", "CSmtpProgressFunction": "p",
	"CSmtpEventFunction": "p", "CSmtpLogFunction": "p", "CSmtpSendingFunction": "p", "CSmtpEndedFunction": "p", "CSmtpReconcileFunction": "p", "CSmtpHandle *": "P",
}

// node contains the letters that bindings/node/library.js understands, except "b", which
// stands for an int that is a boolean.
var node = letters{
	"void": "v", "int": "i", "unsigned int": "u", "unsigned short": "h", "int64_t": "q", "size_t": "z",
	"CSmtpHandle": "H", "const char *": "s", "const void *": "d", "void *": "p",
	"const char **": "P", "size_t *": "Z", "int *": "O", "const CSmtpHandle *": "B",
	"CSmtpReadFunction": "R", "CSmtpTokenFunction": "T", "CSmtpDoneFunction": "D", "CSmtpProgressFunction": "G",
	"CSmtpEventFunction": "V", "CSmtpLogFunction": "L", "CSmtpSendingFunction": "p", "CSmtpEndedFunction": "p", "CSmtpReconcileFunction": "p", "CSmtpHandle *": "p",
}

// signature returns the letter of the result's type, a space, and the letters of the
// parameters' types, such as "i Hss".
func (l letters) signature(f header.Function) (string, error) {
	types := []string{f.Result}
	for _, p := range f.Params {
		types = append(types, p.Type)
	}
	var b strings.Builder
	for i, t := range types {
		letter, ok := l[t]
		if !ok {
			return "", fmt.Errorf("no letter for type %s of %s: add it to bindings.go", t, f.CName())
		}
		b.WriteString(letter)
		if i == 0 {
			b.WriteByte(' ')
		}
	}
	return b.String(), nil
}

// table returns one line for each function of the header.
func (l letters) table(lib *library, line string) (string, error) {
	var b strings.Builder
	for _, f := range lib.header.Functions {
		s, err := l.signature(f)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, line, f.Name, s)
	}
	return b.String(), nil
}

// numbers returns one line for each constant of the header. The names in the lines lack the
// prefix CSMTP_.
func numbers(lib *library, line string) string {
	var b strings.Builder
	for _, e := range lib.header.Enums {
		for _, v := range e.Values {
			fmt.Fprintf(&b, line, strings.TrimPrefix(v.Name, "CSMTP_"), v.Value)
		}
	}
	return b.String()
}

func pythonFunctions(lib *library) ([]byte, error) {
	table, err := python.table(lib, "    %q: %q,\n")
	return []byte("# SPDX-License-Identifier: MIT\n# " + generated + "\n" +
		`"""The types of the result and the parameters of each function. Each letter is a type: see _TYPES in _library.py."""` +
		"\nSIGNATURES = {\n" + table + "}\n"), err
}

func pythonNumbers(lib *library) ([]byte, error) {
	return []byte("# SPDX-License-Identifier: MIT\n# " + generated + "\n" +
		`"""The constants of csmtp_c.h, without the prefix CSMTP_."""` + "\n" + numbers(lib, "%s = %d\n")), nil
}

func pythonVersion(lib *library) ([]byte, error) {
	return []byte("# SPDX-License-Identifier: MIT\n# " + strings.Replace(generated, "include/csmtp_c.h", "csmtp.go", 1) + "\n" +
		`"""The version of the library for which this module was made."""` + "\n" + fmt.Sprintf("__version__ = %q\n", lib.version)), nil
}

func nodeFunctions(lib *library) ([]byte, error) {
	var table strings.Builder
	for _, f := range lib.header.Functions {
		s, err := node.signature(f)
		if err != nil {
			return nil, err
		}
		types, goTypes := []byte(s), lib.methods[f.Name].params
		for i, p := range f.Params {
			if p.Type == "int" && (p.Name == "authenticate" || i > 0 && i-1 < len(goTypes) && goTypes[i-1] == "bool") {
				types[len("i ")+i] = 'b'
			}
			types = append(types, " "+camel(p.Name)...)
		}
		fmt.Fprintf(&table, "    %s: '%s',\n", f.Name, types)
	}
	return []byte("// SPDX-License-Identifier: MIT\n// " + generated + "\n" +
		"//\n// For each function, 'signatures' contains the types of the result and the parameters (each letter\n// is a type: see types in library.js), and the names of the parameters. 'constants' contains the\n// constants of csmtp_c.h without the prefix CSMTP_.\n" +
		"'use strict';\nmodule.exports = {\n  signatures: {\n" + table.String() + "  },\n  constants: {\n" + numbers(lib, "    %s: %d,\n") + "  },\n};\n"), nil
}

// nodeModule returns a module that exports the names of index.js to ECMAScript's import. If
// import loads index.js itself, Node.js finds only some of these names.
func nodeModule(lib *library) ([]byte, error) {
	return []byte("// SPDX-License-Identifier: MIT\n// " + generated + "\n" +
		"import csmtp from './index.js';\nexport default csmtp;\nexport const {\n  Mailer, Pool, CSmtpError, version, errorText,\n" +
		numbers(lib, "  %s, // %d\n") + "} = csmtp;\n"), nil
}

func nodeTypes(lib *library) ([]byte, error) {
	return []byte("// SPDX-License-Identifier: MIT\n// " + generated + "\n" + numbers(lib, "export const %s: %d;\n")), nil
}

// In a file that is only partly generated, these lines enclose the generated part.
const (
	sectionBegin = "// Generated from csmtp_c.h: begin\n"
	sectionEnd   = "// Generated from csmtp_c.h: end\n"
)

// core writes the error numbers of ECSmtp into cpp_wrapper/csmtp_errors.h. The numbers
// below 900, which come from CSmtp, become enumerators. The others become constants, so that
// a switch over the enumeration need not list them.
func core(lib *library) ([]byte, error) {
	old, err := os.ReadFile(filepath.Join(lib.root, "cpp_wrapper/csmtp_errors.h"))
	if err != nil {
		return nil, err
	}
	before, rest, ok := bytes.Cut(old, []byte(sectionBegin))
	_, after, closed := bytes.Cut(rest, []byte(sectionEnd))
	if !ok || !closed {
		return nil, fmt.Errorf("the marks %q and %q are missing", sectionBegin, sectionEnd)
	}
	var enumerators, constants, definitions []string
	for _, v := range lib.header.Errors() {
		name := strings.TrimPrefix(v.Name, "CSMTP_")
		switch {
		case name == "NO_ERROR":
			name = v.Name // with the prefix, as in the old CSmtp, because NO_ERROR is a macro of Windows
			fallthrough
		case v.Value < 900:
			enumerators = append(enumerators, fmt.Sprintf("    %s = %d", name, v.Value))
		default:
			constants = append(constants, fmt.Sprintf("  static const Number %s = static_cast<Number>(%d);\n", name, v.Value))
			definitions = append(definitions, fmt.Sprintf("template <typename Number> const Number FurtherErrors<Number>::%s;\n", name))
		}
	}
	var b bytes.Buffer
	b.Write(before)
	fmt.Fprintf(&b, "%s  enum CSmtpError : Underlying {\n%s\n  };\n};\n", sectionBegin, strings.Join(enumerators, ",\n"))
	fmt.Fprintf(&b, "template <typename Number>\nstruct FurtherErrors : Errors {\n%s};\n%s", strings.Join(constants, ""), strings.Join(definitions, ""))
	b.WriteString(sectionEnd)
	b.Write(after)
	return b.Bytes(), nil
}
