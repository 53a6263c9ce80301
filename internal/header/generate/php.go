// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"strings"

	"csmtp/internal/header"
)

const phpHead = "<?php\n// SPDX-License-Identifier: MIT\n// " + generated + "\ndeclare(strict_types=1);\n\nnamespace Csmtp;\n\n"

// phpTypes maps types of C to the types in PHP's declarations. A parameter of the type
// "void *" is the user pointer of a callback, for which PHP passes a number. The parameters
// named "buffer" keep their types.
var phpTypes = map[string]string{
	"void *": "uintptr_t", "const char **": "char **", "const void *": "const char *",
}

// phpParams returns the parameters of a function as PHP's FFI declares them.
func phpParams(params []header.Param) string {
	var list []string
	for _, p := range params {
		t := p.Type
		if c, ok := phpTypes[t]; ok && p.Name != "buffer" {
			t = c
		}
		list = append(list, t+" "+p.Name)
	}
	if len(list) == 0 {
		return "void"
	}
	return strings.Join(list, ", ")
}

// phpFunctions writes the declarations for PHP's FFI::cdef, and the version of the library.
func phpFunctions(l *library) ([]byte, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s/** The declarations of csmtp_c.h. A parameter 'user' is a number from Callbacks::add. */\nfinal class Functions\n{\n"+
		"    /** The version of the library for which this module was made. */\n    public const VERSION = '%s';\n\n    public const HEADER = <<<'C'\n", phpHead, l.version)
	pointers := ""
	for _, t := range l.header.Typedefs {
		switch {
		case t.Name == "CSmtpHandle":
			b.WriteString("        typedef uintptr_t CSmtpHandle;\n")
		case t.IsFunction():
			result := t.Result
			if t.Name == "CSmtpTokenFunction" {
				result = "uintptr_t"
			}
			fmt.Fprintf(&b, "        typedef %s (*%s)(%s);\n", result, t.Name, phpParams(t.Params))
			name := strings.TrimSuffix(strings.TrimPrefix(t.Name, "CSmtp"), "Function")
			pointers += fmt.Sprintf(" %s %s;", t.Name, strings.ToLower(name))
		case len(t.Members) > 0:
			fmt.Fprintf(&b, "        typedef struct %s {", t.Name)
			for _, m := range t.Members {
				fmt.Fprintf(&b, " %s %s;", strings.TrimSpace(m.Type), m.Name)
			}
			fmt.Fprintf(&b, " } %s;\n", t.Name)
		default:
			return nil, fmt.Errorf("no rule for the type %s in php.go", t.Name)
		}
	}
	fmt.Fprintf(&b, "        typedef struct {%s } Pointers;\n", pointers)
	for _, f := range l.header.Functions {
		fmt.Fprintf(&b, "        %s %s(%s);\n", f.Result, f.CName(), phpParams(f.Params))
	}
	b.WriteString("        C;\n}\n")
	return []byte(b.String()), nil
}

// phpNumbers writes the constants.
func phpNumbers(l *library) ([]byte, error) {
	return []byte(phpHead + "/** The constants of csmtp_c.h. Mailer, Pool and Error have them, too. */\ninterface Numbers\n{\n" +
		numbers(l, "    public const %s = %d;\n") + "}\n"), nil
}

// phpEvent writes the PHP class of an event.
func phpEvent(l *library) ([]byte, error) {
	params, values := "", ""
	for _, t := range l.header.Typedefs {
		for _, m := range t.Members {
			switch m.Type = strings.TrimSpace(m.Type); {
			case t.Name != "CSmtpEvent" || m.Name == "size":
			case m.Type == "const char *":
				params += fmt.Sprintf("        public readonly string $%s,\n", phpVariable(m.Name))
				values += fmt.Sprintf(" \\FFI::string($event->%s),", m.Name)
			default:
				params += fmt.Sprintf("        public readonly int $%s,\n", phpVariable(m.Name))
				values += fmt.Sprintf(" $event->%s,", m.Name)
			}
		}
	}
	return []byte(phpHead + "/** An event of a mailer or a pool (see docs/events.md). The durations are in microseconds. */\nfinal class Event\n{\n" +
		"    /** The value of $relay in the event for a mail that was sent to no relay. */\n    public const NO_RELAY = 0xffffffff;\n\n" +
		"    public function __construct(\n" + params + "    ) {\n    }\n\n" +
		"    /** @internal Returns the event at a pointer. */\n    public static function at(\\FFI\\CData $event): self\n    {\n        return new self(" +
		strings.TrimSuffix(strings.TrimSpace(values), ",") + ");\n    }\n}\n"), nil
}

// phpVariable returns a name of the header in the style of PHP: "contentType" for "content_type".
func phpVariable(name string) string {
	words := strings.Split(name, "_")
	for i, w := range words[1:] {
		words[i+1] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, "")
}

// phpName returns the name of a method in PHP: "setSubject" for SetSubject.
func phpName(name string) string { return strings.ToLower(name[:1]) + name[1:] }

// phpSecrets names the parameters whose values PHP leaves out of stack traces.
var phpSecrets = set("login", "password", "token", "key", "passphrase", "client_secret", "refresh_token")

// phpParam returns a parameter as a PHP method declares it, and the argument that the
// method passes to C.
func phpParam(m scriptMethod, i int) (param, argument string) {
	p, c := m.params[i], m.Params[i+1].Type
	variable := "$" + phpVariable(p.name)
	kind := ""
	switch p.kind {
	case "text":
		kind, argument = "string", "Library::text("+variable+")"
	case "nullable":
		kind, argument = "?string", "Library::text("+variable+")"
		if p.name == "path" || strings.HasSuffix(p.name, "_file") {
			kind = "string|\\SplFileInfo|null"
		}
	case "path":
		kind, argument = "string|\\SplFileInfo", "Library::text("+variable+")"
	case "bool":
		kind, argument = "bool", "(int) "+variable
	case "time":
		kind, argument = "int|\\DateTimeInterface", "Library::time("+variable+")"
	default:
		checks := map[string]string{"int": "int32", "unsigned int": "uint32", "unsigned short": "uint16"}
		kind, argument = "int", "Library::"+checks[c]+"("+variable+")"
	}
	param = kind + " " + variable
	if phpSecrets[p.name] {
		param = "#[\\SensitiveParameter] " + param
	}
	if p.value != "" {
		param += " = " + strings.ReplaceAll(p.value, `""`, "''")
	}
	return param, argument
}

// phpMethods writes a PHP trait with the methods that only convert their arguments and call
// a function of the header.
func phpMethods(l *library, trait string, pool bool) ([]byte, error) {
	list, err := l.scriptMethods()
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	for _, m := range list {
		if m.pool != pool {
			continue
		}
		params, arguments := []string{}, []string{"'" + m.Name + "'"}
		for i := range m.params {
			param, argument := phpParam(m, i)
			params, arguments = append(params, param), append(arguments, argument)
		}
		call, result, returns := "check", "void", ""
		switch m.result {
		case "bool":
			call, result = "flag", "bool"
		case "number":
			call, result = "number", "int"
		case "text":
			call, result = "string", "string"
		case "nullable":
			call, result = "value", "?string"
		}
		if m.result != "" {
			returns = "return "
		}
		doc := ""
		if m.doc != "" {
			doc = "    /**\n" + scriptDoc(strings.ReplaceAll(m.doc, "*/", "* /"), "     * ", "null", phpName) + "     */\n"
		}
		fmt.Fprintf(&b, "\n%s    public function %s(%s): %s\n    {\n        %s$this->%s(%s);\n    }\n",
			doc, phpName(m.short), strings.Join(params, ", "), result, returns, call, strings.Join(arguments, ", "))
	}
	owner := strings.TrimSuffix(trait, "Methods")
	return []byte(phpHead + "/** Methods of " + owner + " that call the C function of the same name. They throw Error if this function fails. */\ntrait " + trait + "\n{" +
		b.String() + "}\n"), nil
}

func phpMailer(l *library) ([]byte, error) { return phpMethods(l, "MailerMethods", false) }
func phpPool(l *library) ([]byte, error)   { return phpMethods(l, "PoolMethods", true) }
