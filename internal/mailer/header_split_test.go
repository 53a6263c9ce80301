// SPDX-License-Identifier: MIT

package mailer

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// splitField is a header field that splitHeader has found.
type splitField struct{ name, value string }

// splitHeader parses the header and returns its fields and the body. It is strict, and
// shares no code with the writer.
func splitHeader(message []byte) (fields []splitField, body []byte, err error) {
	for {
		end := bytes.Index(message, []byte{'\r', '\n'})
		if end < 0 {
			return nil, nil, fmt.Errorf("the header does not end: %.200q", message)
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
				return nil, nil, fmt.Errorf("the header begins with a folded line: %.200q", line)
			}
			if strings.Trim(line, " \t") == "" {
				return nil, nil, fmt.Errorf("an empty folded line after %q", fields[len(fields)-1].name)
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
				return nil, nil, fmt.Errorf("not a field name: %.200q", line)
			}
		}
		fields = append(fields, splitField{name, strings.TrimPrefix(value, " ")})
	}
}

// checkHeaderLine checks a line against RFC 5322, section 2.2, and RFC 6532.
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

// splitParts returns the parts between the boundary lines. Each part begins with its
// header. No text may come before the first boundary line or after the last one.
func splitParts(body []byte, boundary string) (parts [][]byte, err error) {
	line := "--" + boundary
	if !bytes.HasPrefix(body, []byte(line+"\r\n")) {
		return nil, fmt.Errorf("the body does not begin with the boundary: %.200q", body)
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
				return nil, fmt.Errorf("text after the last boundary: %.200q", rest)
			}
			return parts, nil
		default:
			return nil, fmt.Errorf("a boundary line does not end: %.200q", body)
		}
	}
}
