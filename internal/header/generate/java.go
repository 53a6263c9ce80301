// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"html"
	"regexp"
	"strings"

	"csmtp/internal/header"
)

const (
	javaMain    = "bindings/java/src/main/java/io/github/libcsmtp/"
	javaForeign = "bindings/java/src/main/java22/io/github/libcsmtp/"
	javaHead    = "// SPDX-License-Identifier: MIT\n// " + generated + "\npackage io.github.libcsmtp;\n\n"
)

// javaType contains the three types that correspond to a type of C: the type in the Java
// interface Functions, the type in JNA's declarations, and the layout for
// java.lang.foreign, which is used only on 64-bit systems. An unsigned short is passed as
// an int, because C may expect that the caller has extended it to an int.
type javaType struct{ plain, jna, foreign string }

var javaTypes = map[string]javaType{
	"void": {"void", "void", ""}, "int": {"int", "int", "JAVA_INT"}, "unsigned int": {"int", "int", "JAVA_INT"},
	"unsigned short": {"int", "int", "JAVA_INT"}, "int64_t": {"long", "long", "JAVA_LONG"},
	"size_t": {"long", "SizeT", "JAVA_LONG"}, "CSmtpHandle": {"long", "SizeT", "JAVA_LONG"},
	"const char *": {"String", "byte[]", "JAVA_LONG"}, "const void *": {"byte[]", "byte[]", "JAVA_LONG"},
	"void *": {"long", "Pointer", "JAVA_LONG"}, "int *": {"int[]", "int[]", "JAVA_LONG"},
	"const char **": {"long[]", "Pointer", "JAVA_LONG"}, "size_t *": {"long[]", "Pointer", "JAVA_LONG"},
	"const CSmtpHandle *": {"long[]", "Pointer", "JAVA_LONG"}, "CSmtpHandle *": {"long[]", "Pointer", "JAVA_LONG"},
	"const CSmtpEvent *": {"long", "Pointer", "JAVA_LONG"},
}

func javaOf(c string) (javaType, error) {
	if strings.HasPrefix(c, "CSmtp") && strings.HasSuffix(c, "Function") {
		return javaType{"long", "Pointer", "JAVA_LONG"}, nil
	}
	if t, ok := javaTypes[c]; ok {
		return t, nil
	}
	return javaType{}, fmt.Errorf("no Java type for %s: add it to java.go", c)
}

// javaFunction is a function, or the type of a callback, with its Java types.
type javaFunction struct {
	name   string
	c      string // the result in C
	result javaType
	params []header.Param
	types  []javaType
}

func newJavaFunction(name, result string, params []header.Param) (f javaFunction, err error) {
	f.name, f.c, f.params = name, result, params
	f.result, err = javaOf(result)
	for _, p := range params {
		t, wrong := javaOf(p.Type)
		if wrong != nil {
			err = wrong
		}
		f.types = append(f.types, t)
	}
	return f, err
}

// list calls text for each parameter, and returns the results, separated by commas.
func (f javaFunction) list(text func(i int, p header.Param) string) string {
	var list []string
	for i, p := range f.params {
		list = append(list, text(i, p))
	}
	return strings.Join(list, ", ")
}

func (f javaFunction) plain() string {
	result := f.result.plain
	return fmt.Sprintf("%s %s(%s)", result, f.name, f.list(func(i int, p header.Param) string { return f.types[i].plain + " " + p.Name }))
}

// javaFunctions returns the functions and the callbacks of the header.
func javaFunctions(l *library) (functions, callbacks []javaFunction, err error) {
	for _, f := range l.header.Functions {
		j, err := newJavaFunction(f.Name, f.Result, f.Params)
		if err != nil {
			return nil, nil, err
		}
		functions = append(functions, j)
	}
	for _, t := range l.header.Typedefs {
		if !t.IsFunction() {
			continue
		}
		name := strings.TrimSuffix(strings.TrimPrefix(t.Name, "CSmtp"), "Function")
		j, err := newJavaFunction(strings.ToLower(name[:1])+name[1:], t.Result, t.Params)
		if err != nil {
			return nil, nil, err
		}
		for i := range j.types {
			if j.types[i].plain == "String" { // in a callback, a text is passed as its address
				j.types[i] = javaTypes["void *"]
			}
		}
		if j.result.plain == "String" {
			j.result = javaTypes["void *"]
		}
		callbacks = append(callbacks, j)
	}
	return functions, callbacks, nil
}

// javaInterface writes the Java interface through which the classes call C. Its
// implementations use JNA and java.lang.foreign.
func javaInterface(l *library) ([]byte, error) {
	functions, callbacks, err := javaFunctions(l)
	var b strings.Builder
	b.WriteString(javaHead + `import java.nio.ByteBuffer;

/**
 * The functions of csmtp_c.h. Handles, addresses and values of type size_t are longs, and a pointer
 * to several of them is an array. A callback is passed as the address that one of the last methods
 * of this interface returns.
 */
interface Functions {
    /** Returns the text at an address, or null for the address 0. */
    String text(long address);

    /** Returns memory that belongs to C. */
    ByteBuffer memory(long address, long size);

    /** Copies a text to memory that belongs to C. The method release frees this memory. */
    long allocate(byte[] text);

    void release(long address, long size);

    /** Returns the size of an address. */
    int addressSize();

`)
	for _, f := range functions {
		fmt.Fprintf(&b, "    %s;\n", f.plain())
	}
	b.WriteByte('\n')
	for _, f := range callbacks {
		fmt.Fprintf(&b, "    long %sFunction();\n", f.name)
	}
	b.WriteString("}\n")
	return []byte(b.String()), err
}

// javaJNA writes the implementation of Functions that uses JNA.
func javaJNA(l *library) ([]byte, error) {
	functions, callbacks, err := javaFunctions(l)
	var raw, methods, stubs strings.Builder
	for _, f := range functions {
		result := f.result.jna
		if f.c == "const char *" {
			result = "Pointer"
		}
		fmt.Fprintf(&raw, "        %s CSmtp_%s(%s);\n", result, f.name, f.list(func(i int, p header.Param) string { return f.types[i].jna + " " + p.Name }))
		before, after := "", ""
		call := fmt.Sprintf("raw.CSmtp_%s(%s)", f.name, f.list(func(i int, p header.Param) string {
			switch t := f.types[i]; {
			case t.jna == "SizeT":
				return "new SizeT(" + p.Name + ")"
			case t.plain == "String":
				return "octets(" + p.Name + ")"
			case t.plain == "long[]":
				before += fmt.Sprintf("        Memory %s_ = words(%s);\n", p.Name, p.Name)
				after += fmt.Sprintf("        read(%s_, %s);\n", p.Name, p.Name)
				return p.Name + "_"
			case t.jna == "Pointer":
				return "pointer(" + p.Name + ")"
			}
			return p.Name
		}))
		switch {
		case f.c == "const char *":
			call = "text(" + call + ")"
		case f.result.jna == "SizeT":
			call += ".longValue()"
		}
		switch {
		case f.result.plain == "void":
			before += "        " + call + ";\n"
		case after != "":
			before += fmt.Sprintf("        %s result = %s;\n", f.result.plain, call)
			after += "        return result;\n"
		default:
			before += "        return " + call + ";\n"
		}
		fmt.Fprintf(&methods, "    @Override public %s {\n%s%s    }\n", f.plain(), before, after)
	}
	for _, f := range callbacks {
		upper := strings.ToUpper(f.name[:1]) + f.name[1:] + "Function"
		fmt.Fprintf(&raw, "\n        interface %s extends Callback {\n            %s callback(%s);\n        }\n",
			upper, f.result.jna, f.list(func(i int, p header.Param) string { return f.types[i].jna + " " + p.Name }))
		call := fmt.Sprintf("Callbacks.%s(%s)", f.name, f.list(func(i int, p header.Param) string {
			switch f.types[i].jna {
			case "Pointer":
				return "address(" + p.Name + ")"
			case "SizeT":
				return p.Name + ".longValue()"
			}
			return p.Name
		}))
		if f.result.jna == "Pointer" {
			call = "pointer(" + call + ")"
		}
		fmt.Fprintf(&stubs, "    private static final Raw.%s %s = (%s) -> %s;\n    private final long %sAddress = stub(%s);\n    @Override public long %sFunction() { return %sAddress; }\n",
			upper, strings.ToUpper(f.name), f.list(func(_ int, p header.Param) string { return p.Name }), call, f.name, strings.ToUpper(f.name), f.name, f.name)
	}
	return []byte(javaHead + `import com.sun.jna.Callback;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;

/** Calls the functions with JNA. */
final class JnaFunctions extends JnaMemory {
    interface Raw extends Library {
` + raw.String() + `    }

    private final Raw raw;

    JnaFunctions(String library) { raw = Native.load(library, Raw.class); }

` + methods.String() + "\n" + stubs.String() + "}\n"), err
}

// javaFFM writes the implementation of Functions that uses java.lang.foreign.
func javaFFM(l *library) ([]byte, error) {
	functions, callbacks, err := javaFunctions(l)
	var methods, stubs strings.Builder
	layouts := func(f javaFunction, first string) string {
		return strings.Join(append([]string{first}, strings.FieldsFunc(f.list(func(i int, _ header.Param) string { return f.types[i].foreign }), func(r rune) bool { return r == ',' || r == ' ' })...), ", ")
	}
	for _, f := range functions {
		result := f.result.foreign
		if result == "" {
			result = "null"
		}
		arena, before, after := "", "", ""
		call := fmt.Sprintf("_%s.invokeExact(%s)", f.name, f.list(func(i int, p header.Param) string {
			switch f.types[i].plain {
			case "String", "byte[]":
				arena = "(Arena arena = Arena.ofConfined()) "
				return "octets(arena, " + p.Name + ")"
			case "long[]", "int[]":
				arena = "(Arena arena = Arena.ofConfined()) "
				before += fmt.Sprintf("            MemorySegment %s_ = numbers(arena, %s);\n", p.Name, p.Name)
				after += fmt.Sprintf("            read(%s_, %s);\n", p.Name, p.Name)
				return p.Name + "_.address()"
			}
			return p.Name
		}))
		switch {
		case f.result.plain == "void":
			before += "            " + call + ";\n"
		case f.result.plain == "String":
			before += "            return text((long) " + call + ");\n"
		case after != "":
			before += fmt.Sprintf("            %s result = (%s) %s;\n", f.result.plain, f.result.plain, call)
			after += "            return result;\n"
		default:
			before += fmt.Sprintf("            return (%s) %s;\n", f.result.plain, call)
		}
		fmt.Fprintf(&methods, "    private final MethodHandle _%s = function(\"CSmtp_%s\", %s);\n    @Override public %s {\n        try %s{\n%s%s        } catch (Throwable t) {\n            throw failed(t);\n        }\n    }\n",
			f.name, f.name, layouts(f, result), f.plain(), arena, before, after)
	}
	for _, f := range callbacks {
		result := f.result.foreign
		if result == "" {
			result = "null"
		}
		fmt.Fprintf(&stubs, "    private final long %sAddress = stub(\"%s\", %s);\n    @Override public long %sFunction() { return %sAddress; }\n",
			f.name, f.name, layouts(f, result), f.name, f.name)
	}
	return []byte(javaHead + `import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Calls the functions with java.lang.foreign. */
final class ForeignFunctions extends ForeignMemory {
    ForeignFunctions(String library) { super(library); }

` + methods.String() + "\n" + stubs.String() + "}\n"), err
}

// javaEnum is an enumeration of the header and its counterpart in Java. 'first' is its first
// constant in C, and 'prefix' is what the constants' names lose in Java. 'open' is set if the
// library returns values of the enumeration: a later version of the library may return values
// that this enumeration does not have.
type javaEnum struct {
	first, name, prefix string
	open                bool
}

var javaEnums = []javaEnum{
	{"CSMTP_NO_SECURITY", "Security", "CSMTP_", false},
	{"CSMTP_XPRIORITY_HIGH", "Priority", "CSMTP_XPRIORITY_", false},
	{"CSMTP_NOT_SENT", "Outcome", "CSMTP_", true},
	{"CSMTP_PHASE_NONE", "Phase", "CSMTP_PHASE_", true},
	{"CSMTP_KIND_NONE", "Kind", "CSMTP_KIND_", true},
	{"CSMTP_TIMEOUT_CONNECT", "Timeout", "CSMTP_TIMEOUT_", false},
	{"CSMTP_TLS_1_0", "TLSVersion", "CSMTP_", false},
	{"CSMTP_CERTIFICATE_PEM", "CertificateField", "CSMTP_CERTIFICATE_", false},
	{"CSMTP_DATA", "Chunking", "CSMTP_", false},
	{"CSMTP_LOG_CLIENT", "Direction", "CSMTP_LOG_", true},
	{"CSMTP_EVENT_CONNECTED", "EventKind", "CSMTP_EVENT_", true},
	{"CSMTP_POOL_SENT", "RelayCount", "CSMTP_POOL_", false},
	{"CSMTP_UNKNOWN", "Delivery", "CSMTP_", false},
}

// write writes the enumeration.
func (e javaEnum) write(l *library) ([]byte, error) {
	known := map[string]bool{"CSMTP_NO_ERROR": true}
	for _, j := range javaEnums {
		known[j.first] = true
	}
	var found header.Enum
	for _, h := range l.header.Enums {
		if h.Values[0].Name == e.first {
			found = h
		}
		if !known[h.Values[0].Name] {
			return nil, fmt.Errorf("no Java enumeration begins with %s: add it to java.go", h.Values[0].Name)
		}
	}
	var rows []string
	for _, v := range found.Values {
		rows = append(rows, fmt.Sprintf("%s    %s(%d)", javaDoc("    ", v.Comment), strings.TrimPrefix(v.Name, e.prefix), v.Value))
	}
	unknown := fmt.Sprintf("        throw new IllegalArgumentException(\"%s has no value \" + number);\n", e.name)
	if e.open {
		rows = append(rows, "    /** A value that a later version of the library has added. */\n    OTHER(-1)")
		unknown = "        return OTHER;\n"
	}
	return []byte(javaHead + javaDoc("", found.Comment) + "public enum " + e.name + " {\n" + strings.Join(rows, ",\n") + `;

    private final int number;

    ` + e.name + `(int number) { this.number = number; }

    /** Returns the value that this constant has in csmtp_c.h. */
    public int number() { return number; }

    static ` + e.name + ` of(int number) {
        for (` + e.name + ` value : values()) {
            if (value.number == number) return value;
        }
` + unknown + "    }\n}\n"), nil
}

// javaErrors writes the error numbers.
func javaErrors(l *library) ([]byte, error) {
	var b strings.Builder
	b.WriteString(javaHead + "/** The error numbers of {@link CSmtpException#number}. */\npublic final class Errors {\n    private Errors() {}\n\n")
	for _, v := range l.header.Errors() {
		fmt.Fprintf(&b, "%s    public static final int %s = %d;\n", javaDoc("    ", v.Comment), strings.TrimPrefix(v.Name, "CSMTP_"), v.Value)
	}
	return []byte(b.String() + "}\n"), nil
}

func javaVersion(l *library) ([]byte, error) {
	return []byte(strings.Replace(javaHead, "include/csmtp_c.h", "csmtp.go", 1) + "final class Version {\n    private Version() {}\n\n    /** The version of the library for which this package was made. */\n" +
		fmt.Sprintf("    static final String VERSION = %q;\n}\n", l.version)), nil
}

var codeBlock = regexp.MustCompile(`(?s)@code.*?@endcode`)

// javaDoc returns a comment of the header, without its blocks of code, in the form of a Java
// documentation comment.
func javaDoc(indent, comment string) string {
	comment = strings.TrimSpace(codeBlock.ReplaceAllString(comment, ""))
	if comment == "" {
		return ""
	}
	lines := strings.Split(strings.NewReplacer("&#34;", `"`, "&#39;", "'", "@", "&#64;", "*/", "*&#47;").Replace(html.EscapeString(comment)), "\n")
	if len(lines) == 1 {
		return indent + "/** " + lines[0] + " */\n"
	}
	var b strings.Builder
	b.WriteString(indent + "/**\n")
	for i, line := range lines {
		if line = strings.TrimSpace(line); line == "" && i > 0 {
			line = "<p>"
		}
		b.WriteString(indent + " * " + line + "\n")
	}
	return b.String() + indent + " */\n"
}

// javaEvent writes the Java class that reads a CSmtpEvent.
func javaEvent(l *library) ([]byte, error) {
	var fields, reads strings.Builder
	for _, t := range l.header.Typedefs {
		if t.Name != "CSmtpEvent" {
			continue
		}
		for i, m := range structMember.FindAllStringSubmatch(t.Text, -1) {
			kind, name := strings.TrimSpace(m[1]), camel(m[2])
			j, ok := map[string][2]string{"int": {"int", "int32"}, "unsigned int": {"int", "int32"}, "int64_t": {"long", "int64"}, "const char *": {"String", "text"}, "size_t": {"long", "word"}}[kind]
			if !ok {
				return nil, fmt.Errorf("no rule for the type %s in java.go", kind)
			}
			if i == 0 { // the member 'size', which the Java class Members reads
				continue
			}
			fmt.Fprintf(&fields, "    final %s %s;\n", j[0], name)
			fmt.Fprintf(&reads, "        %s = members.%s();\n", name, j[1])
		}
	}
	return []byte(javaHead + "/** The members of a CSmtpEvent. */\nfinal class EventMembers {\n" + fields.String() +
		"\n    EventMembers(Functions c, long address) {\n        Members members = new Members(c, address);\n" + reads.String() + "    }\n}\n"), nil
}
