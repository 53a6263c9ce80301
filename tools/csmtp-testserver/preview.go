// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"

	"csmtp/tools/csmtp-testserver/internal/page"
)

// preview shows a message that was not sent.
func (s *settings) preview(ctx context.Context, in io.Reader, out io.Writer) error {
	if s.limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.limit)
		defer cancel()
	}
	name := "standard input"
	if s.file != "" {
		file, err := os.Open(s.file)
		if err != nil {
			return usageError{err}
		}
		defer file.Close()
		name, in = s.file, file
	}
	most := cmp.Or(s.options.MaxSize, 64<<20)
	message, err := io.ReadAll(io.LimitReader(in, most+1))
	switch {
	case err != nil:
		return fmt.Errorf("%s cannot be read: %w", name, err)
	case int64(len(message)) > most:
		return usageError{fmt.Errorf("%s has more than %d octets (see --max-size)", name, most)}
	case len(bytes.TrimSpace(message)) == 0:
		return usageError{fmt.Errorf("%s is empty", name)}
	}
	p := page.Preview{Address: s.http, Open: page.OpenBrowser, Options: page.Options{Keys: s.keys}}
	return p.Run(ctx, asSent(message), out)
}

// asSent returns a message with CRLF line ends, because the lines of a Unix file end in
// LF. A message that contains CR is not changed.
func asSent(message []byte) []byte {
	if bytes.Contains(message, []byte("\r")) {
		return message
	}
	return bytes.ReplaceAll(message, []byte("\n"), []byte("\r\n"))
}
