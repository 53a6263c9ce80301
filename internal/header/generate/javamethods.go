// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"strings"

	"csmtp/internal/header"
)

// javaByHand lists the functions for which the Java binding has handwritten methods.
var javaByHand = set("New", "Free", "Clone", "GetVersion", "GetErrorText", "GetLastError", "SetCharSet",
	"AddAttachmentData", "AddAttachmentReader", "AddInlineImageData", "RenderMessage", "ClearMessage", "DelAttachments",
	"SetTokenCallback", "SetProgressCallback", "SetLogCallback", "SetEventCallback", "GetMsgLineText", "GetExtension", "GetRetryAfter",
	"SendRaw", "SendBatch", "SendAsync", "Poll", "Wait", "Cancel",
	"GetResultCount", "GetResultRecipient", "GetResultAccepted", "GetResultCode", "GetResultEnhancedCode", "GetResultReply",
	"PoolNew", "PoolAddRelay", "PoolSetJournal", "PoolSetReconcile", "PoolSend", "PoolSubmit", "PoolWait", "PoolDrain")

// If the type of a parameter or a result is an enumeration in Java, javaEnumOf maps the
// parameter or the result to this enumeration. The key is the function and the parameter;
// the parameter is "" for the result.
var javaEnumOf = map[[2]string]string{
	{"SetSecurityType", "security_type"}: "Security", {"GetSecurityType", ""}: "Security", {"ConnectRemoteServer", "security_type"}: "Security",
	{"SetXPriority", "priority"}: "Priority", {"GetXPriority", ""}: "Priority", {"SetTimeout", "step"}: "Timeout",
	{"SetTLSMinVersion", "version"}: "TLSVersion", {"SetTLSMaxVersion", "version"}: "TLSVersion",
	{"GetPeerCertificate", "field"}: "CertificateField", {"SetChunking", "mode"}: "Chunking", {"PoolGetCount", "what"}: "RelayCount",
	{"GetOutcome", ""}: "Outcome", {"GetPhase", ""}: "Phase", {"GetErrorKind", ""}: "Kind",
}

// javaNotLeftOut lists the functions whose last parameters cannot be left out in Java. These
// parameters may be NULL only if the other parameters have certain values.
var javaNotLeftOut = set("SetDeliverBy")

// camel returns a name of C in the style of Java: "envelopeId" for "envelope_id".
func camel(name string) string {
	words := strings.Split(name, "_")
	for i, w := range words[1:] {
		words[i+1] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.ToLower(words[0][:1]) + strings.Join(words, "")[1:]
}

// javaMethods returns a function that writes the methods of class Mailer or Pool that only
// convert their arguments and call a function of the header.
func javaMethods(class, prefix, comment string) func(*library) ([]byte, error) {
	return func(l *library) ([]byte, error) {
		var b strings.Builder
		b.WriteString(javaHead + "import java.nio.file.Path;\n\n/** " + comment + " */\nabstract class " + class + " extends Handle {\n    " + class + "(long handle) { super(handle); }\n")
		if prefix != "" {
			text := strings.Replace(b.String(), "import java.nio.file.Path;\n\n", "", 1)
			b.Reset()
			b.WriteString(text)
		}
		above := ""
		for _, f := range l.header.Functions {
			if f.Comment = strings.TrimSpace(markAtEnd.ReplaceAllString(f.Comment, "")); f.Comment == "" {
				f.Comment = above // a comment above several functions describes all of them
			}
			above = f.Comment
			if javaByHand[f.Name] || strings.HasPrefix(f.Name, "Pool") != (prefix != "") {
				continue
			}
			text, err := l.javaMethod(f, camel(strings.TrimPrefix(f.Name, prefix)))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", f.CName(), err)
			}
			b.WriteString(text)
		}
		return []byte(b.String() + "}\n"), nil
	}
}

// javaParameter is a parameter of a method: its name and type in Java, and the expression
// that is passed to C.
type javaParameter struct {
	name, kind, value string
	path, optional    bool
}

func (l *library) javaMethod(f header.Function, name string) (string, error) {
	m, ok := l.methods[f.Name]
	if !ok {
		m = l.report[f.Name]
	}
	var params []javaParameter
	for i, p := range f.Params[1:] {
		j := javaParameter{name: camel(p.Name), optional: f.MayBeNull(p.Name) || f.Name == "SendRawFile" && p.Type == "const char *" && i > 0}
		enum := javaEnumOf[[2]string{f.Name, p.Name}]
		switch {
		case p.Type == "const char *":
			j.kind, j.value = "String", fmt.Sprintf("text(%q, %s)", j.name, j.name)
			j.path = p.Name == "path" || strings.HasSuffix(p.Name, "_file")
		case enum == "TLSVersion": // 0 is the default
			j.kind, j.value = enum, fmt.Sprintf("%s == null ? 0 : %s.number()", j.name, j.name)
		case enum != "":
			j.kind, j.value = enum, j.name+".number()"
		case p.Type == "int" && (i < len(m.params) && m.params[i] == "bool" || p.Name == "in_wait"):
			j.kind, j.value = "boolean", j.name+" ? 1 : 0"
		case p.Type == "int":
			j.kind, j.value = "int", j.name
		case p.Type == "int64_t":
			j.kind, j.value = "long", j.name
		case p.Type == "unsigned int":
			j.kind, j.value = "int", fmt.Sprintf("unsigned(%q, %s)", j.name, j.name)
		case p.Type == "unsigned short":
			j.kind, j.value = "int", fmt.Sprintf("unsignedShort(%q, %s)", j.name, j.name)
		default:
			return "", fmt.Errorf("write the method of the Java binding by hand, and name it in javamethods.go")
		}
		params = append(params, j)
	}
	values := "h"
	for _, p := range params {
		values += ", " + p.value
	}
	call := fmt.Sprintf("C.%s(%s)", f.Name, values)
	result, enum := "void", javaEnumOf[[2]string{f.Name, ""}]
	switch {
	case enum != "":
		result, call = enum, fmt.Sprintf("return get(h -> %s.of(%s));", enum, call)
	case f.Result == "int" && !f.IsValue():
		call = fmt.Sprintf("call(h -> %s);", call)
	case len(m.results) == 1 && m.results[0] == "bool":
		result, call = "boolean", fmt.Sprintf("return get(h -> %s != 0);", call)
	case f.Result == "int" || f.Result == "unsigned int":
		result, call = "int", fmt.Sprintf("return get(h -> %s);", call)
	case f.Result == "const char *":
		result, call = "String", fmt.Sprintf("return get(h -> %s);", call)
	default:
		return "", fmt.Errorf("no rule for the result %s", f.Result)
	}
	doc := "\n" + javaDoc("    ", f.Comment)
	return doc + javaBody(result, name, params, call) + javaOverloads(doc, result, name, params, javaNotLeftOut[f.Name]), nil
}

func javaBody(result, name string, params []javaParameter, body string) string {
	var list []string
	for _, p := range params {
		list = append(list, p.kind+" "+p.name)
	}
	return fmt.Sprintf("    public %s %s(%s) {\n        %s\n    }\n", result, name, strings.Join(list, ", "), body)
}

// javaOverloads returns the overloads of a method: those that take a Path instead of a
// String and, unless 'all' is set, those without the last parameters if these may be null.
func javaOverloads(doc, result, name string, params []javaParameter, all bool) string {
	text, paths := "", false
	var arguments []string
	withPaths := make([]javaParameter, len(params))
	for i, p := range params {
		argument := p.name
		if p.path {
			paths = true
			p.kind, argument = "Path", "path("+p.name+")"
		}
		withPaths[i] = p
		arguments = append(arguments, argument)
	}
	forward := func(arguments []string) string {
		back := ""
		if result != "void" {
			back = "return "
		}
		return fmt.Sprintf("%s%s(%s);", back, name, strings.Join(arguments, ", "))
	}
	if paths {
		text += doc + javaBody(result, name, withPaths, forward(arguments))
	}
	kept := len(params)
	for kept > 0 && params[kept-1].optional {
		kept--
	}
	if kept == len(params) || all {
		return text
	}
	nulls := func(list []javaParameter) (arguments []string) {
		for i, p := range list {
			switch {
			case i < kept:
				arguments = append(arguments, p.name)
			default:
				arguments = append(arguments, "("+p.kind+") null")
			}
		}
		return arguments
	}
	text += doc + javaBody(result, name, params[:kept], forward(nulls(params)))
	if paths && withPaths[0].path || paths && kept > 0 && anyPath(withPaths[:kept]) {
		text += doc + javaBody(result, name, withPaths[:kept], forward(nulls(withPaths)))
	}
	return text
}

func anyPath(params []javaParameter) bool {
	for _, p := range params {
		if p.path {
			return true
		}
	}
	return false
}
