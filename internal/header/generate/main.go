// SPDX-License-Identifier: MIT

// Command generate writes the files that repeat facts of include/csmtp_c.h: the functions
// in gate.c, the prototypes of the Go exports and most of these exports, the lists of
// symbols, and the signatures for other languages. Run it with `go generate` in the root
// folder after each change of the header or of a method of mailer.Mailer. With -check, it
// writes nothing and fails if a file is not up to date.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"csmtp/internal/header"
)

// output is a generated file: its path relative to the root folder, and the function that
// returns its content.
type output struct {
	path  string
	write func(*library) ([]byte, error)
}

var outputs = []output{
	{"gate.c", entries},
	{"internal/gate/exports.h", prototypes},
	{"exports_generated.go", exports},
	{"tests/embed/abi.txt", abi},
	{"packaging/functions.txt", names},
	{"packaging/debian/libcsmtp1.symbols", symbols},
	{"cpp_wrapper/csmtp_errors.h", core},
	{"cpp_wrapper/csmtp_push.h", pushMacros},
	{"cpp_wrapper/csmtp_pop.h", popMacros},
	{"bindings/python/csmtp/_functions.py", pythonFunctions},
	{"bindings/python/csmtp/_numbers.py", pythonNumbers},
	{"bindings/python/csmtp/_version.py", pythonVersion},
	{"bindings/node/functions.js", nodeFunctions},
	{"bindings/node/index.mjs", nodeModule},
	{"bindings/node/numbers.d.ts", nodeTypes},
	{"bindings/csharp/Libcsmtp/Native.cs", csharpNative},
	{"bindings/csharp/Libcsmtp/Methods.cs", csharpMethods},
	{"bindings/csharp/Libcsmtp/Numbers.cs", csharpNumbers},
	{"bindings/php/src/Functions.php", phpFunctions},
	{"bindings/php/src/Numbers.php", phpNumbers},
	{"bindings/php/src/Event.php", phpEvent},
	{"bindings/php/src/MailerMethods.php", phpMailer},
	{"bindings/php/src/PoolMethods.php", phpPool},
	{"bindings/ruby/lib/csmtp/functions.rb", rubyFunctions},
	{"bindings/ruby/lib/csmtp/methods.rb", rubyMethods},
	{"bindings/rust/csmtp-sys/src/lib.rs", rustSys},
	{"bindings/rust/csmtp/src/methods.rs", rustMethods},
	{"bindings/rust/csmtp/src/numbers.rs", rustNumbersFile},
	{javaMain + "Functions.java", javaInterface},
	{javaMain + "JnaFunctions.java", javaJNA},
	{javaForeign + "ForeignFunctions.java", javaFFM},
	{javaMain + "Errors.java", javaErrors},
	{javaMain + "Version.java", javaVersion},
	{javaMain + "EventMembers.java", javaEvent},
	{javaMain + "MailerMethods.java", javaMethods("MailerMethods", "", "The methods of Mailer that only convert their arguments and call the C function of the same name.")},
	{javaMain + "PoolMethods.java", javaMethods("PoolMethods", "Pool", "The methods of Pool that only convert their arguments and call the C function of the same name.")},
}

func init() {
	for _, e := range javaEnums {
		outputs = append(outputs, output{javaMain + e.name + ".java", e.write})
	}
}

func main() {
	check := flag.Bool("check", false, "write nothing; fail if a file is not current")
	root := flag.String("root", ".", "the folder with go.mod")
	flag.Parse()
	if err := run(*root, *check); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(root string, check bool) error {
	lib, err := readLibrary(root)
	if err != nil {
		return err
	}
	for _, o := range outputs {
		text, err := o.write(lib)
		if err != nil {
			return fmt.Errorf("%s: %w", o.path, err)
		}
		path := filepath.Join(root, o.path)
		old, err := os.ReadFile(path)
		if err != nil && !os.IsNotExist(err) {
			return err
		}
		if bytes.Equal(old, text) {
			continue
		}
		if check {
			return fmt.Errorf("%s is not current: run go generate in the root folder", o.path)
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return err
		}
		fmt.Println("wrote", o.path)
	}
	return nil
}

func readLibrary(root string) (*library, error) {
	h, err := header.ReadFile(filepath.Join(root, "include", "csmtp_c.h"))
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(root, "internal", "mailer")
	methods, err := readMethods(dir, "*Mailer")
	if err != nil {
		return nil, err
	}
	report, err := readMethods(dir, "Report")
	if err != nil {
		return nil, err
	}
	version, err := readVersion(filepath.Join(root, "csmtp.go"))
	if err != nil {
		return nil, err
	}
	lib := &library{root: root, header: h, methods: methods, report: report, version: version}
	return lib, lib.checkTables()
}
