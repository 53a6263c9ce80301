// SPDX-License-Identifier: MIT

// Package fleet tests examples/outbox as a whole: nats-server, several Postfix relays and
// several workers send mails to a sink, and one of these processes after the other is
// killed with SIGKILL at a random moment and started again. At the end, each mail must
// have arrived exactly once. The only exception is a mail that a relay itself has
// delivered twice, because it was killed between the delivery and its record of it: the
// test lists these mails with the lines of the relay's log, and accepts at most one for
// each time that a relay was killed.
//
// All this runs twice: with the ledger in SQLite, and with fewer mails and kills in
// PostgreSQL, which is killed too. Before that, the programs in the folders ledger and relaylog test these
// classes of the example alone, the ledger with both databases, and TestFleet/errors tests
// what a worker prints and records if it is used wrongly.
//
// The test sends 2,000 mails and kills ten times. It needs root. To send 100,000 mails and
// kill 60 times:
//
//	cd tests/interop && go test -v -timeout 3h ./fleet -run TestFleet/sqlite -mails 100000 -kills 60
package fleet
