// SPDX-License-Identifier: MIT

// Command csmtp-testserver is a mail server for tests. It keeps the mails that it receives
// and does not deliver them. On request, it misbehaves. Its manual is csmtp-testserver.1,
// and docs/testing.md introduces it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// version must be the version of the library. A test checks this.
const version = "1.0.0"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	context.AfterFunc(ctx, stop) // after this, a second signal kills the process
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

const (
	statusOK     = iota
	statusFailed // a client did not follow the script, or the server failed
	statusUsage
)

// run runs the command and returns its exit status.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	s, err := parse(args)
	switch {
	case err != nil:
		fmt.Fprintf(errOut, "csmtp-testserver: %v (see --help)\n", err)
		return statusUsage
	case s.action != nil:
		err = s.action(out)
	case s.render:
		err = s.preview(ctx, in, out)
	default:
		err = s.serve(ctx, in, out)
	}
	if err == nil {
		return statusOK
	}
	fmt.Fprintln(errOut, "csmtp-testserver:", err)
	var usage usageError
	if errors.As(err, &usage) {
		return statusUsage
	}
	return statusFailed
}
