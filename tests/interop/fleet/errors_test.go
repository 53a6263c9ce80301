// SPDX-License-Identifier: MIT

package fleet

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// testErrors tests workers that have wrong options, or get mails that they cannot send. The
// database 'ledger' must already contain the rows that the program ledger/ledger.cpp writes.
func testErrors(t *testing.T, bin, ledger string) {
	dir := folder(t)
	f := &fleet{bin: bin, ledger: ledger}
	f.newQueue(t, dir)
	worker := func(name string, options ...string) *process {
		p := &process{name: name, log: filepath.Join(dir, name+".log"), dir: dir}
		p.argv = append([]string{filepath.Join(bin, "outbox-worker"), "--queue", f.queue(), "--ledger", ledger, "--relay", "other=127.0.0.1:1,maillog"}, options...)
		return p
	}
	prints := func(p *process, text string) {
		t.Helper()
		eventually(t, p.name+" prints "+text, func() bool { return strings.Contains(readFile(p.log), text) })
	}

	// A worker that cannot connect to nats-server prints an error once, and tries again.
	first := worker("first", "--timeout", "8")
	f.start(t, first)
	prints(first, "NATS: connect: ")
	f.start(t, f.nats)

	// The ledger contains a mail in doubt. No worker knows its relay.
	run(t, filepath.Join(bin, "outbox-send"), f.queue(), "left", "1")
	prints(first, `left-1 and perhaps other mails are in doubt at the relay "r", but no --relay option names this relay`)

	// A mail that can never be sent is refused. The reason names the method that failed.
	run(t, filepath.Join(bin, "outbox-send"), f.queue(), "not valid", "1")
	eventually(t, "the mail is refused", func() bool {
		return strings.Contains(run(t, filepath.Join(bin, "outbox-count"), ledger, "mail"), "not valid-1\trefused\t")
	})
	prints(first, "SetMessageID")
	eventually(t, "the queue has only the mail in doubt", func() bool { return f.left(t) == 1 })

	// A second worker with another --timeout cannot use the consumer that the first one made.
	second := worker("second", "--timeout", "9")
	f.start(t, second)
	prints(second, "NATS: subscribe: ")
	first.kill()
	second.kill()
	for _, p := range []*process{first, second} {
		last := ""
		for line := range strings.Lines(readFile(p.log)) {
			if line == last {
				t.Errorf("%s printed the same error again: %s", p.name, line)
			}
			last = line
		}
	}
	t.Logf("a worker with another --timeout prints: %s", readFile(second.log))

	// A worker without a valid sender does not start, because it would refuse all mails.
	third := worker("third", "--from", "a b")
	out, err := exec.Command(third.argv[0], third.argv[1:]...).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "SetSenderMail") {
		t.Errorf("outbox-worker --from \"a b\": %v\n%s", err, out)
	}
}
