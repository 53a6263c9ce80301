// SPDX-License-Identifier: MIT

package smtptest

import (
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strconv"
	"strings"
	"time"
)

// parseStep parses one line of a dialogue. It does not set the field Line.
func parseStep(line string) (Step, error) {
	verb, text, _ := strings.Cut(line, " ")
	text, err := fillIn(text)
	if err != nil {
		return Step{}, err
	}
	switch verb {
	case "S:":
		return Step{Verb: "S", Text: text}, nil
	case "C:":
		return commandStep(text)
	case "C...":
		return contentStep(text)
	case "*":
		return directiveStep(text)
	}
	return Step{}, fmt.Errorf("%q: want a line that begins with \"S: \", \"C: \", \"C...\", \"* \", \"=== \" or \"#\"", line)
}

var placeholder = regexp.MustCompile(`\{base64 ("(?:[^"\\]|\\.)*")\}`)

// fillIn replaces each {base64 "text"} with the base64 encoding of text.
func fillIn(text string) (string, error) {
	var failed error
	text = placeholder.ReplaceAllStringFunc(text, func(found string) string {
		plain, err := strconv.Unquote(placeholder.FindStringSubmatch(found)[1])
		if err != nil {
			failed = fmt.Errorf("%s: %w", found, err)
		}
		return base64.StdEncoding.EncodeToString([]byte(plain))
	})
	return text, failed
}

// commandStep parses a line that the client must send.
func commandStep(text string) (Step, error) {
	match, err := compile(text)
	if err == nil && text == "" {
		err = errors.New(`"C:" without a pattern; write "C: ~" for an empty line`)
	}
	return Step{Verb: "C", Text: text, match: match}, err
}

// compile returns a regular expression for whole lines that match pattern. A pattern is
// "~" followed by a regular expression, or it is literal text in which * stands for one
// or more octets and \* for a star.
func compile(pattern string) (*regexp.Regexp, error) {
	if expression, is := strings.CutPrefix(pattern, "~"); is {
		if _, err := regexp.Compile(expression); err != nil {
			return nil, err // err shows only the script's expression
		}
		return regexp.Compile(`^(?s:` + expression + `)$`)
	}
	var b strings.Builder
	for part := range strings.SplitSeq(strings.ReplaceAll(pattern, `\*`, "\x00"), "*") {
		if b.Len() > 0 {
			b.WriteString(".+")
		} else {
			b.WriteString("^(?s:")
		}
		b.WriteString(regexp.QuoteMeta(strings.ReplaceAll(part, "\x00", "*")))
	}
	return regexp.Compile(b.String() + ")$")
}

// contentStep parses text, which follows "C...". text is empty, a number of lines, or an
// expression that must, or must not, be found in the content.
func contentStep(text string) (Step, error) {
	step := Step{Verb: "C...", Text: text}
	var err error
	switch {
	case text == "":
	case text[0] == '~' || text[0] == '!':
		step.absent = text[0] == '!'
		if step.match, err = regexp.Compile(text[1:]); err == nil && step.absent && !atLineStart(text[1:]) {
			err = fmt.Errorf("%q may match in a Message-ID or a boundary, which are random; begin it with (?m)^", text)
		}
	default:
		number, unit, _ := strings.Cut(text, " ")
		step.count, err = strconv.Atoi(number)
		if err != nil || step.count < 1 || (unit != "lines" && unit != "line") {
			err = fmt.Errorf("%q: want nothing, \"N lines\", \"~expression\" or \"!expression\"", text)
		}
	}
	return step, err
}

// atLineStart reports whether an expression can match only at the start of a line.
func atLineStart(expression string) bool {
	parsed, err := syntax.Parse(expression, syntax.Perl)
	return err == nil && anchored(parsed)
}

func anchored(e *syntax.Regexp) bool {
	switch e.Op {
	case syntax.OpBeginLine, syntax.OpBeginText:
		return true
	case syntax.OpConcat, syntax.OpCapture:
		return anchored(e.Sub[0])
	case syntax.OpAlternate:
		for _, s := range e.Sub {
			if !anchored(s) {
				return false
			}
		}
		return true
	}
	return false
}

// directiveStep parses text, a directive without the "* " before it.
func directiveStep(text string) (Step, error) {
	verb, rest, _ := strings.Cut(text, " ")
	step := Step{Verb: verb, Text: rest}
	var err error
	switch verb {
	case "tls", "starttls", "close", "cut", "reset", "stall", "flush", "bdat", "leave", "expect-close", "expect-tls-failure":
		if rest != "" {
			err = fmt.Errorf("* %s takes no argument", verb)
		}
	case "raw":
		step.octets, err = unquote(rest)
	case "wait":
		step.pause, err = time.ParseDuration(rest)
	case "drip":
		pause, quoted, _ := strings.Cut(rest, " ")
		if step.pause, err = time.ParseDuration(pause); err == nil {
			step.octets, err = unquote(quoted)
		}
	case "repeat":
		count, quoted, _ := strings.Cut(rest, " ")
		if step.count, err = strconv.Atoi(count); err == nil {
			step.octets, err = unquote(quoted)
		}
	case "serve":
		if step.until, err = parseServe(rest); err != nil {
			err = fmt.Errorf("* serve %s: %w", rest, err)
		}
	case "auth", "forged":
		if !knownMechanism(rest) {
			err = fmt.Errorf("* %s %s: known mechanisms are %s", verb, rest, strings.Join(Mechanisms, ", "))
		}
	default:
		err = fmt.Errorf("unknown directive %q", verb)
	}
	return step, err
}

func unquote(quoted string) ([]byte, error) {
	text, err := strconv.Unquote(quoted)
	if err != nil || text == "" {
		return nil, fmt.Errorf(`%s: want a quoted string such as "250 ok\r\n"`, quoted)
	}
	return []byte(text), nil
}

// Step is one line of a transcript's dialogue.
type Step struct {
	Line int    // the line in the file, from 1
	Verb string // "S", "C", "C...", or the name of a directive
	Text string // the text after Verb, with placeholders replaced

	octets []byte         // raw, repeat, drip
	count  int            // for repeat: how many times; for C...: how many lines; 0: up to the final dot
	pause  time.Duration  // wait, drip
	match  *regexp.Regexp // C, C...
	absent bool           // for C...: whether match must not be found
	until  *stop          // for serve: the command at which it ends; nil: it ends with the session
}
