// SPDX-License-Identifier: MIT

// Package fleet tests examples/outbox as a whole. Several workers take mails from
// nats-server and send them to several Postfix relays, which deliver them to a sink in the
// test. Again and again, the test kills one of these processes with SIGKILL at a random
// moment, and starts it again. At the end, each mail must have arrived exactly once. There
// is one exception: if a relay is killed after it has delivered a mail, but before it has
// recorded this, it delivers the mail again. The test lists these mails with the lines of
// the relay's log, and accepts at most one for each time that a relay was killed.
//
// All this runs twice. In the first run, the ledger is in SQLite. In the second run, the
// ledger is in PostgreSQL, which is killed too, and there are fewer mails and kills. Before
// these runs, the program in the folder 'ledger' tests the class Ledger of the example with
// both databases, the program in the folder 'relaylog' tests the class RelayLog, and
// TestFleet/errors tests what a worker prints and records if it is used wrongly.
//
// By default, the first run sends 2,000 mails and kills a process ten times. The test needs
// root. To send 100,000 mails and kill a process 60 times in the first run, and skip the second:
//
//	cd tests/interop && go test -v -timeout 3h ./fleet -run TestFleet/sqlite -mails 100000 -kills 60
package fleet
