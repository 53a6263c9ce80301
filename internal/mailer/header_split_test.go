// SPDX-License-Identifier: MIT

package mailer

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// splitField is a field that splitHeader returns.
type splitField struct{ name, value string }

// splitHeader reads a header and returns the body behind it. It is strict, and
// shares nothing with the code that wrote the header.
func splitHeader(message []byte) (fields []splitField, body []byte, err error) {
	for {
		end := bytes.Index(message, []byte{'\r', '\n'})
		if end < 0 {
			return nil, nil, fmt.Errorf("a header without its end: %.200q", message)
		}
		line := string(message[:end])
		message = message[end+2:]
		if line == "" {
			return fields, message, nil
		}
		if err := checkHeaderLine(line); err != nil {
			return nil, nil, err
		}
		if line[0] == ' ' || line[0] == '\t' {
			if len(fields) == 0 {
				return nil, nil, fmt.Errorf("a header that begins with a fold: %.200q", line)
			}
			if strings.Trim(line, " \t") == "" {
				return nil, nil, fmt.Errorf("an empty fold behind %q", fields[len(fields)-1].name)
			}
			fields[len(fields)-1].value += line
			continue
		}
		name, value, found := strings.Cut(line, ":")
		if !found || name == "" {
			return nil, nil, fmt.Errorf("not a field: %.200q", line)
		}
		for _, c := range []byte(name) {
			if c <= ' ' || c >= 0x7f {
				return nil, nil, fmt.Errorf("not a field's name: %.200q", line)
			}
		}
		fields = append(fields, splitField{name, strings.TrimPrefix(value, " ")})
	}
}

// checkHeaderLine is RFC 5322, section 2.2, and RFC 6532.
func checkHeaderLine(line string) error {
	if len(line) > 998 {
		return fmt.Errorf("a line of %d octets: %.200q", len(line), line)
	}
	if !utf8.ValidString(line) {
		return fmt.Errorf("not UTF-8: %.200q", line)
	}
	for _, r := range line {
		if r != '\t' && (unicode.IsControl(r) || r == '\u2028' || r == '\u2029') {
			return fmt.Errorf("the control character %U: %.200q", r, line)
		}
	}
	return nil
}

// splitParts returns the parts between the lines of a boundary, each with its
// header. What stands before the first and behind the last must be empty.
func splitParts(body []byte, boundary string) (parts [][]byte, err error) {
	line := "--" + boundary
	if !bytes.HasPrefix(body, []byte(line+"\r\n")) {
		return nil, fmt.Errorf("no boundary at the start: %.200q", body)
	}
	body = body[len(line)+2:]
	for {
		end := bytes.Index(body, []byte("\r\n"+line))
		if end < 0 {
			return nil, fmt.Errorf("the last boundary is missing: %.200q", body)
		}
		parts = append(parts, body[:end])
		body = body[end+2+len(line):]
		switch {
		case bytes.HasPrefix(body, []byte("\r\n")):
			body = body[2:]
		case bytes.HasPrefix(body, []byte("--")):
			if rest := string(body[2:]); rest != "" && rest != "\r\n" {
				return nil, fmt.Errorf("text behind the last boundary: %.200q", rest)
			}
			return parts, nil
		default:
			return nil, fmt.Errorf("something behind a boundary: %.200q", body)
		}
	}
}
