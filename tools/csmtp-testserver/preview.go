// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
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
	message, err := s.message(ctx, in)
	if err != nil {
		return err
	}
	p := page.Preview{Address: s.http, Open: page.OpenBrowser, Options: page.Options{Keys: s.keys}}
	return p.Run(ctx, asSent(message), out)
}

// message reads the message. If ctx ends before the end of the message, it returns an
// error. It reads on another goroutine, because a read of a pipe or a terminal cannot be
// interrupted.
func (s *settings) message(ctx context.Context, in io.Reader) ([]byte, error) {
	type outcome struct {
		message []byte
		err     error
	}
	done := make(chan outcome, 1)
	go func() {
		message, err := s.read(in)
		done <- outcome{message, err}
	}()
	select {
	case o := <-done:
		return o.message, o.err
	case <-ctx.Done():
		return nil, errors.New("--render ended before it had read the message")
	}
}

func (s *settings) read(in io.Reader) ([]byte, error) {
	name := "standard input"
	if s.file != "" {
		file, err := os.Open(s.file)
		if err != nil {
			return nil, usageError{err}
		}
		defer file.Close()
		name, in = s.file, file
	}
	most := cmp.Or(s.options.MaxSize, 64<<20)
	message, err := io.ReadAll(io.LimitReader(in, most+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s cannot be read: %w", name, err)
	case int64(len(message)) > most:
		return nil, usageError{fmt.Errorf("%s has more than %d octets (see --max-size)", name, most)}
	case len(bytes.TrimSpace(message)) == 0:
		return nil, usageError{fmt.Errorf("%s is empty", name)}
	}
	return message, nil
}

// asSent returns the message with CRLF as its line ends, because the lines of a Unix file
// end in LF. If the message contains a CR, asSent does not change it.
func asSent(message []byte) []byte {
	if bytes.Contains(message, []byte("\r")) {
		return message
	}
	return bytes.ReplaceAll(message, []byte("\n"), []byte("\r\n"))
}
