// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"regexp"
	"strings"

	"csmtp/internal/header"
)

// scriptMethod is a method of the Ruby and PHP modules that only converts its arguments and
// its result.
type scriptMethod struct {
	header.Function
	pool   bool   // whether the method belongs to class Pool
	short  string // the name of the C function, without the prefixes CSmtp_ and Pool
	params []scriptParam
	result string // "bool", "number", "text" or "nullable"; "" if the C function returns an error number
	doc    string // the comment of the header
}

// scriptParam is a parameter. If it has no default value, 'value' is "".
type scriptParam struct {
	name, kind, value string // kind is "text", "nullable", "path", "time", "bool" or "number"
}

// scriptByHand names the functions for which the Ruby and PHP modules have handwritten
// methods.
var scriptByHand = set("New", "Free", "Clone", "GetVersion", "GetErrorText",
	"AddAttachmentData", "AddAttachmentReader", "AddInlineImageData", "RenderMessage", "ClearMessage", "DelAttachments",
	"SetTokenCallback", "SetProgressCallback", "SetLogCallback", "SetEventCallback",
	"SendRaw", "SendBatch", "SendAsync", "Poll", "Wait", "Cancel",
	"GetResultCount", "GetResultRecipient", "GetResultAccepted", "GetResultCode", "GetResultEnhancedCode", "GetResultReply",
	"PoolNew", "PoolAddRelay", "PoolSetJournal", "PoolSetReconcile", "PoolSetCallbacksInWait", "PoolSend", "PoolSubmit", "PoolWait", "PoolDrain")

// scriptDefaults contains the default values of parameters. They are those of class CSmtp.
// Two more kinds of parameters have a default. A parameter that may be NULL has the default
// NULL if all parameters after it have a default. A bool that is the only parameter has the
// default true.
var scriptDefaults = map[string]map[string]string{
	"SetSMTPServer":              {"port": "0", "authenticate": "true"},
	"ConnectRemoteServer":        {"port": "0", "security_type": "3", "authenticate": "true", "login": "null", "password": "null"},
	"SendRawFile":                {"from": "null", "recipients": "null"},
	"SetListUnsubscribe":         {"one_click": "false"},
	"SetRecordFile":              {"contents": "false"},
	"SetDSN":                     {"ret": `""`, "envelope_id": `""`},
	"SetRecipientDSN":            {"original": `""`},
	"SetOAuth2ClientCredentials": {"scope": `""`},
	"SetOAuth2RefreshToken":      {"scope": `""`},
	"PoolSetRate":                {"seconds": "1"},
}

// scriptMethods returns the methods that are generated. It leaves out functions with a type
// that it cannot convert. A test of each module fails if the module has neither a generated
// nor a handwritten method for a function.
func (l *library) scriptMethods() ([]scriptMethod, error) {
	for name := range scriptByHand {
		if _, ok := l.header.Function(name); !ok {
			return nil, fmt.Errorf("scripts.go names %s, which csmtp_c.h does not declare", name)
		}
	}
	var list []scriptMethod
	above := ""
	for _, f := range l.header.Functions {
		if f.Comment = strings.TrimSpace(markAtEnd.ReplaceAllString(f.Comment, "")); f.Comment == "" {
			f.Comment = above // a comment above several functions describes all of them
		}
		above = f.Comment
		if scriptByHand[f.Name] {
			continue
		}
		m := scriptMethod{Function: f, short: strings.TrimPrefix(f.Name, "Pool"), doc: f.Comment}
		m.pool = m.short != f.Name
		if strings.Contains(m.doc, "@code") {
			m.doc = ""
		}
		if l.scriptTypes(&m) {
			list = append(list, m)
		}
	}
	return list, nil
}

// scriptTypes sets the parameters and the result of m. It returns false if there is no rule
// for one of their types.
func (l *library) scriptTypes(m *scriptMethod) bool {
	goes, ok := l.methods[m.Name]
	if !ok {
		goes = l.report[m.Name]
	}
	for i, p := range m.Params[1:] {
		param := scriptParam{name: p.Name}
		switch p.Type {
		case "const char *":
			switch {
			case m.MayBeNull(p.Name):
				param.kind = "nullable"
			case p.Name == "path" || strings.HasSuffix(p.Name, "_file"):
				param.kind = "path"
			default:
				param.kind = "text"
			}
		case "int", "unsigned int", "unsigned short":
			param.kind = "number"
			if p.Type == "int" && i < len(goes.params) && goes.params[i] == "bool" {
				param.kind = "bool"
			}
		case "int64_t":
			param.kind = "time"
		default:
			return false
		}
		m.params = append(m.params, param)
	}
	for i := len(m.params) - 1; i >= 0; i-- {
		p := &m.params[i]
		value, ok := scriptDefaults[m.Name][p.name]
		switch {
		case ok:
			p.value = value
			if value == "null" {
				p.kind = "nullable"
			}
		case p.kind == "nullable":
			p.value = "null"
		case p.kind == "bool" && len(m.params) == 1:
			p.value = "true"
		default:
			i = 0 // ends the loop: the parameters before this one get no default value
		}
	}
	switch {
	case !m.IsValue():
	case m.Result == "const char *" && nullable[m.Name]:
		m.result = "nullable"
	case m.Result == "const char *":
		m.result = "text"
	case len(goes.results) == 1 && goes.results[0] == "bool":
		m.result = "bool"
	case m.Result == "int" || m.Result == "unsigned int":
		m.result = "number"
	default:
		return false
	}
	return true
}

var (
	cFunction = regexp.MustCompile(`CSmtp_(?:Pool)?([A-Z]\w*)`)
	cConstant = regexp.MustCompile(`CSMTP_([A-Z])`)
)

// scriptDoc returns a comment of the header, in which the names are replaced with those of
// another language.
func scriptDoc(doc, indent, null string, name func(string) string) string {
	if doc == "" {
		return ""
	}
	doc = cFunction.ReplaceAllStringFunc(doc, func(c string) string { return name(cFunction.FindStringSubmatch(c)[1]) })
	doc = strings.ReplaceAll(cConstant.ReplaceAllString(doc, "$1"), "NULL", null)
	var b strings.Builder
	for line := range strings.SplitSeq(strings.TrimSpace(doc), "\n") {
		line = strings.TrimPrefix(strings.TrimSpace(line), "*") // of an empty line
		b.WriteString(strings.TrimRight(indent+line, " ") + "\n")
	}
	return b.String()
}

// ruby contains the letters that bindings/ruby/lib/csmtp/library.rb understands.
var ruby = letters{
	"void": "v", "int": "i", "unsigned int": "u", "unsigned short": "h", "int64_t": "q", "size_t": "z",
	"CSmtpHandle": "H", "const char *": "s", "const void *": "s", "void *": "H",
	"const char **": "p", "size_t *": "p", "int *": "p", "const CSmtpHandle *": "p", "CSmtpHandle *": "p",
	"CSmtpReadFunction": "p", "CSmtpTokenFunction": "p", "CSmtpDoneFunction": "p", "CSmtpProgressFunction": "p",
	"CSmtpEventFunction": "p", "CSmtpLogFunction": "p", "CSmtpSendingFunction": "p", "CSmtpEndedFunction": "p", "CSmtpReconcileFunction": "p",
}

const rubyHead = "# SPDX-License-Identifier: MIT\n# " + generated + "\n# frozen_string_literal: true\n\n"

// rubyFunctions writes the signatures of the functions, the constants, and the members of
// an event.
func rubyFunctions(l *library) ([]byte, error) {
	table, err := ruby.table(l, "    %s: %q,\n")
	if err != nil {
		return nil, err
	}
	event := ""
	for _, t := range l.header.Typedefs {
		if t.Name == "CSmtpEvent" {
			for _, m := range t.Members {
				event += fmt.Sprintf("    %q,\n", strings.TrimSpace(m.Type)+" "+m.Name)
			}
		}
	}
	return []byte(rubyHead + fmt.Sprintf("module Csmtp\n  VERSION = %q # of the library for which this module was made\n\n", l.version) +
		numbers(l, "  %s = %d\n") +
		"\n  # The types of the result and the parameters of each function. Each letter is a type: see TYPES in library.rb.\n  SIGNATURES = {\n" + table + "  }.freeze\n" +
		"\n  # The members of an event.\n  EVENT_MEMBERS = [\n" + event + "  ].freeze\n  private_constant :SIGNATURES, :EVENT_MEMBERS\nend\n"), nil
}

// rubyName returns the name of a method in Ruby: "login_error?" for IsLoginError, and "deliver" for
// Send, because every Ruby object has a method "send".
func rubyName(name string) string {
	switch name {
	case "Send", "PoolSend":
		return "deliver"
	case "SendAsync":
		return "deliver_async"
	}
	if short, ok := strings.CutPrefix(name, "Is"); ok {
		return snake(short) + "?"
	}
	return snake(name)
}

// rubyMethods writes the Ruby methods that only convert their arguments and call a function
// of the header.
func rubyMethods(l *library) ([]byte, error) {
	list, err := l.scriptMethods()
	if err != nil {
		return nil, err
	}
	values := strings.NewReplacer("null", "nil")
	var mailer, pool strings.Builder
	for _, m := range list {
		var params, arguments []string
		for _, p := range m.params {
			arguments = append(arguments, p.name)
			if p.value != "" {
				p.name += " = " + values.Replace(p.value)
			}
			params = append(params, p.name)
		}
		call := "check"
		switch {
		case m.result != "":
			call = m.result
		case writes[m.Name]:
			call = "during"
		}
		target := &mailer
		if m.pool {
			target = &pool
		}
		signature := rubyName(m.short)
		if len(params) > 0 {
			signature += "(" + strings.Join(params, ", ") + ")"
		}
		fmt.Fprintf(target, "\n%s    def %s\n      %s\n    end\n", scriptDoc(m.doc, "    # ", "nil", rubyName), signature,
			call+"("+strings.Join(append([]string{":" + m.Name}, arguments...), ", ")+")")
	}
	return []byte(rubyHead + "module Csmtp\n  # The methods of Mailer that only convert their arguments and call the C function of the same name.\n  module MailerMethods\n" +
		strings.TrimPrefix(mailer.String(), "\n") + "  end\n\n  # The methods of Pool that only convert their arguments and call the C function of the same name.\n  module PoolMethods\n" +
		strings.TrimPrefix(pool.String(), "\n") + "  end\nend\n"), nil
}
