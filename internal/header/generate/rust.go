// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"regexp"
	"strings"

	"csmtp/internal/header"
)

// rustTypes maps each C type to the type in crate csmtp-sys. In csmtp-sys, the types of
// callbacks have the same names as in the header, and a callback may be null.
var rustTypes = map[string]string{
	"void": "()", "int": "c_int", "unsigned int": "c_uint", "unsigned short": "u16", "int64_t": "i64", "size_t": "usize",
	"CSmtpHandle": "CSmtpHandle", "const char *": "*const c_char", "const void *": "*const c_void", "void *": "*mut c_void",
	"const char **": "*mut *const c_char", "size_t *": "*mut usize", "int *": "*mut c_int",
	"const CSmtpHandle *": "*const CSmtpHandle", "CSmtpHandle *": "*mut CSmtpHandle", "const CSmtpEvent *": "*const CSmtpEvent",
}

func rustType(c string) (string, error) {
	if strings.HasPrefix(c, "CSmtp") && strings.HasSuffix(c, "Function") {
		return c, nil
	}
	if t, ok := rustTypes[c]; ok {
		return t, nil
	}
	return "", fmt.Errorf("no type of Rust for %s: add it to rust.go", c)
}

// rustParams returns parameters as Rust declares them.
func rustParams(params []header.Param) (string, error) {
	var list []string
	for _, p := range params {
		t, err := rustType(p.Type)
		if err != nil {
			return "", err
		}
		name := p.Name
		if name == "fn" { // a keyword
			name = "function"
		}
		list = append(list, name+": "+t)
	}
	return strings.Join(list, ", "), nil
}

func rustResult(c string) (string, error) {
	t, err := rustType(c)
	if err != nil || c == "void" {
		return "", err
	}
	return " -> " + t, nil
}

// rustDoc returns a comment of the header in the form of a Rust documentation comment. It
// returns "" if the comment contains a block of code.
func rustDoc(indent, comment string) string {
	if strings.Contains(comment, "@code") {
		return ""
	}
	var b strings.Builder
	escape := strings.NewReplacer("[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`)
	for line := range strings.SplitSeq(strings.TrimSpace(comment), "\n") {
		b.WriteString(strings.TrimRight(indent+"/// "+escape.Replace(strings.TrimSpace(line)), " ") + "\n")
	}
	return b.String()
}

const rustHead = "// SPDX-License-Identifier: MIT\n// " + generated + "\n"

var structMember = regexp.MustCompile(`(\w[\w ]*[ *]+)(\w+);`)

// rustSys writes the source of crate csmtp-sys: the constants, types and functions of the
// header.
func rustSys(l *library) ([]byte, error) {
	var b strings.Builder
	b.WriteString(rustHead + `//! The functions of csmtp_c.h, as C declares them. Crate csmtp has a safe interface.
#![no_std]
#![allow(non_camel_case_types, non_snake_case, rustdoc::bare_urls)]
use core::ffi::{c_char, c_int, c_uint, c_void};

`)
	for _, e := range l.header.Enums {
		for _, v := range e.Values {
			if v.Comment != "" {
				b.WriteString(rustDoc("", v.Comment))
			}
			fmt.Fprintf(&b, "pub const %s: c_int = %d;\n", v.Name, v.Value)
		}
	}
	for _, t := range l.header.Typedefs {
		switch {
		case t.Name == "CSmtpHandle":
			b.WriteString("pub type CSmtpHandle = usize;\n")
		case strings.HasPrefix(strings.TrimSpace(t.Text), "struct"):
			fmt.Fprintf(&b, "#[repr(C)]\n#[derive(Clone, Copy, Debug)]\npub struct %s {\n", t.Name)
			for _, m := range structMember.FindAllStringSubmatch(t.Text, -1) {
				r, err := rustType(strings.TrimSpace(m[1]))
				if err != nil {
					return nil, err
				}
				fmt.Fprintf(&b, "    pub %s: %s,\n", m[2], r)
			}
			b.WriteString("}\n")
		case t.IsFunction():
			params, err := rustParams(t.Params)
			if err != nil {
				return nil, err
			}
			result, err := rustResult(t.Result)
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(&b, "pub type %s = Option<unsafe extern \"C\" fn(%s)%s>;\n", t.Name, params, result)
		default:
			return nil, fmt.Errorf("no rule for the type %s in rust.go", t.Name)
		}
	}
	b.WriteString("\nunsafe extern \"C\" {\n")
	for _, f := range l.header.Functions {
		params, err := rustParams(f.Params)
		if err != nil {
			return nil, err
		}
		result, err := rustResult(f.Result)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%s    pub fn %s(%s)%s;\n", rustDoc("    ", f.Comment), f.CName(), params, result)
	}
	b.WriteString("}\n")
	return []byte(b.String()), nil
}

// rustByHand names the functions for which crate csmtp has handwritten methods.
var rustByHand = set("New", "Free", "Clone", "GetVersion", "GetErrorText", "GetLastError", "GetOutcome", "GetPhase", "GetErrorKind", "GetRetryAfter",
	"AddAttachmentData", "AddAttachmentReader", "AddInlineImageData", "RenderMessage", "ClearMessage", "DelAttachments",
	"SetTokenCallback", "SetProgressCallback", "SetLogCallback", "SetEventCallback", "GetMsgLineText", "GetExtension",
	"SendRaw", "SendBatch", "SendAsync", "Poll", "Wait", "Cancel",
	"GetResultCount", "GetResultRecipient", "GetResultAccepted", "GetResultCode", "GetResultEnhancedCode", "GetResultReply",
	"PoolNew", "PoolAddRelay", "PoolSetJournal", "PoolSetReconcile", "PoolSend", "PoolSubmit", "PoolWait", "PoolDrain")

var (
	markAtEnd   = regexp.MustCompile(`\[[^]]*\]$`)
	wordEnd     = regexp.MustCompile(`([a-z0-9])([A-Z])`)
	acronymEnd  = regexp.MustCompile(`([A-Z])([A-Z][a-z])`)
	rustNumbers = map[string]string{"int": "i32", "unsigned int": "u32", "unsigned short": "u16", "int64_t": "i64"}
)

// snake returns a name of the header in the style of Rust: "set_ca_file" for "SetCAFile".
func snake(name string) string {
	name = strings.Replace(name, "OAuth2", "Oauth2", 1)
	return strings.ToLower(acronymEnd.ReplaceAllString(wordEnd.ReplaceAllString(name, "${1}_$2"), "${1}_$2"))
}

// rustMethods writes the methods of crate csmtp that only convert their arguments and call
// a function of the header.
func rustMethods(l *library) ([]byte, error) {
	var mailer, pool strings.Builder
	above := ""
	for _, f := range l.header.Functions {
		if f.Comment = strings.TrimSpace(markAtEnd.ReplaceAllString(f.Comment, "")); f.Comment == "" {
			f.Comment = above // a comment above several functions describes all of them
		}
		above = f.Comment
		if rustByHand[f.Name] {
			continue
		}
		target, name := &mailer, f.Name
		if strings.HasPrefix(name, "Pool") {
			target, name = &pool, strings.TrimPrefix(name, "Pool")
		}
		text, err := l.rustMethod(f, snake(name), target == &pool)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.CName(), err)
		}
		target.WriteString(text)
	}
	return []byte(rustHead + `#![allow(clippy::too_many_arguments)]
use std::path::Path;

use csmtp_sys as sys;

use crate::convert::{of_path, of_text, optional, optional_path, owned, pointer};
use crate::{Mailer, Pool, Result};

/// The methods that only convert their arguments and call the C function of the same name. A
/// parameter of type impl Into<Option<...>> may be None.
impl Mailer {
` + mailer.String() + "}\n\nimpl Pool {\n" + pool.String() + "}\n"), nil
}

func (l *library) rustMethod(f header.Function, name string, pool bool) (string, error) {
	m, ok := l.methods[f.Name]
	if !ok {
		m = l.report[f.Name]
	}
	params, conversions, arguments, generic := "", "", "", ""
	for i, p := range f.Params[1:] {
		argument := p.Name
		switch isPath := p.Name == "path" || strings.HasSuffix(p.Name, "_file"); {
		case p.Type == "const char *" && f.MayBeNull(p.Name):
			kind, convert := "str", "optional"
			if isPath {
				kind, convert = "Path", "optional_path"
			}
			params += fmt.Sprintf(", %s: impl Into<Option<&'a %s>>", p.Name, kind)
			conversions += fmt.Sprintf("        let %s = %s(%s.into())?;\n", p.Name, convert, p.Name)
			argument, generic = "pointer(&"+p.Name+")", "<'a>"
		case p.Type == "const char *" && isPath:
			params += fmt.Sprintf(", %s: impl AsRef<Path>", p.Name)
			conversions += fmt.Sprintf("        let %s = of_path(%s.as_ref())?;\n", p.Name, p.Name)
			argument += ".as_ptr()"
		case p.Type == "const char *":
			params += fmt.Sprintf(", %s: &str", p.Name)
			conversions += fmt.Sprintf("        let %s = of_text(%s)?;\n", p.Name, p.Name)
			argument += ".as_ptr()"
		case p.Type == "int" && (i < len(m.params) && m.params[i] == "bool" || p.Name == "in_wait"):
			params += fmt.Sprintf(", %s: bool", p.Name)
			argument += ".into()"
		case rustNumbers[p.Type] != "":
			params += fmt.Sprintf(", %s: %s", p.Name, rustNumbers[p.Type])
		default:
			return "", fmt.Errorf("write the method of crate csmtp by hand, and name it in rust.go")
		}
		arguments += ", " + argument
	}
	doc := rustDoc("    ", f.Comment)
	if f.Result == "int" && !f.IsValue() {
		self := "&mut self"
		if pool {
			self = "&self"
		}
		return fmt.Sprintf("%s    pub fn %s%s(%s%s) -> Result<()> {\n%s        self.call(|h| unsafe { sys::%s(h%s) })\n    }\n",
			doc, name, generic, self, params, conversions, f.CName(), arguments), nil
	}
	result, value := rustNumbers[f.Result], fmt.Sprintf("unsafe { sys::%s(self.handle%s) }", f.CName(), arguments)
	if len(m.results) == 1 && m.results[0] == "bool" {
		result, value = "bool", fmt.Sprintf("unsafe { sys::%s(self.handle%s) != 0 }", f.CName(), arguments)
	}
	switch {
	case conversions != "":
		return "", fmt.Errorf("write the getter of crate csmtp by hand, and name it in rust.go")
	case f.Result == "const char *":
		result, value = "String", fmt.Sprintf("unsafe { owned(sys::%s(self.handle%s)) }", f.CName(), arguments)
	case result == "":
		return "", fmt.Errorf("no rule for the result %s", f.Result)
	}
	return fmt.Sprintf("%s    pub fn %s(&self%s) -> %s {\n        %s\n    }\n", doc, name, params, result, value), nil
}

// rustNumbersFile writes the constants of crate csmtp, and the enumerations for outcomes,
// phases and kinds of errors.
func rustNumbersFile(l *library) ([]byte, error) {
	var b strings.Builder
	b.WriteString(rustHead + "//! The constants of csmtp_c.h, without the prefix CSMTP_.\n\n")
	for _, e := range l.header.Enums {
		name, prefix := "", ""
		switch e.Values[0].Name {
		case "CSMTP_NOT_SENT":
			name, prefix = "Outcome", "CSMTP_"
		case "CSMTP_PHASE_NONE":
			name, prefix = "Phase", "CSMTP_PHASE_"
		case "CSMTP_KIND_NONE":
			name, prefix = "Kind", "CSMTP_KIND_"
		default:
			for _, v := range e.Values {
				if v.Comment != "" {
					b.WriteString(rustDoc("", v.Comment))
				}
				fmt.Fprintf(&b, "pub const %s: i32 = %d;\n", strings.TrimPrefix(v.Name, "CSMTP_"), v.Value)
			}
			continue
		}
		rows := ""
		fmt.Fprintf(&b, "\n%s#[non_exhaustive]\n#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]\npub enum %s {\n", rustDoc("", e.Comment), name)
		for _, v := range e.Values {
			variant := ""
			for word := range strings.SplitSeq(strings.TrimPrefix(v.Name, prefix), "_") {
				variant += word[:1] + strings.ToLower(word[1:])
			}
			fmt.Fprintf(&b, "%s    %s,\n", rustDoc("    ", v.Comment), variant)
			rows += fmt.Sprintf("            %d => %s::%s,\n", v.Value, name, variant)
		}
		fmt.Fprintf(&b, "    /// A value that a later version of the library has added.\n    Other(i32),\n}\n\nimpl From<i32> for %s {\n    fn from(number: i32) -> %s {\n        match number {\n%s            other => %s::Other(other),\n        }\n    }\n}\n\n",
			name, name, rows, name)
	}
	return []byte(b.String()), nil
}
