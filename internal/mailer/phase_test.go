// SPDX-License-Identifier: MIT

package mailer

import (
	"net"
	"strconv"
	"strings"
	"testing"

	"csmtp/smtp"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPeerAddressAndMechanism(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(server.Port()))
	h := handle(t, server)
	expect := func(peer, mechanism string) {
		t.Helper()
		assert.Equal(t, peer, Value(h, (*Mailer).GetPeerAddress))
		assert.Equal(t, mechanism, Value(h, (*Mailer).GetAuthMechanismUsed))
	}
	connect := func(port uint16) func(*Mailer) error {
		return func(m *Mailer) error { return m.ConnectRemoteServer("127.0.0.1", port, doNotSet, true, "", "") }
	}
	expect("", "")
	mustCall(t, h, (*Mailer).Send)
	expect(address, "") // no session is open, so no mechanism is in use
	mustCall(t, h, connect(uint16(server.Port())))
	expect(address, "SCRAM-SHA-256")
	mustCall(t, h, (*Mailer).DisconnectRemoteServer)
	expect(address, "")
	mustFail(t, h, wsaConnect, connect(deadPort(t)))
	expect("", "")
	mustCall(t, h, func(m *Mailer) error { return m.SetPassword("wrong") })
	mustFail(t, h, badLoginPass, connect(uint16(server.Port())))
	expect(address, "")
	mustFail(t, h, BadArgument, func(m *Mailer) error { return m.ConnectRemoteServer("127.0.0.1", 25, 99, true, "", "") })
	expect("", "")
}

func TestPhases(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	phaseNow := func() phase { return phase(Value(h, (*Mailer).GetPhase)) }
	assert.Equal(t, phaseNone, phaseNow())
	send := func(host string, number Number, want phase) {
		t.Helper()
		mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer(host, deadPort(t), true) })
		mustFail(t, h, number, (*Mailer).Send)
		assert.Equal(t, want, phaseNow())
	}
	send("no-such-host.invalid", wsaGethostbyNameAddr, phaseResolve)
	send("127.0.0.1", wsaConnect, phaseConnect)
	mustCall(t, h, func(m *Mailer) error { return m.SetLocalAddress("::1") })
	send("127.0.0.1", wsaConnect, phaseResolve) // the server has no IPv6 address
	mustCall(t, h, func(m *Mailer) error { return m.SetLocalAddress("") })
	mustFail(t, h, outOfMsgRange, func(m *Mailer) error { return m.DelMsgLine(99) })
	assert.Equal(t, phaseNone, phaseNow())
	mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer("127.0.0.1", uint16(server.Port()), true) })
	mustCall(t, h, func(m *Mailer) error { return m.SetPassword("") })
	mustFail(t, h, undefPassword, (*Mailer).Send)
	assert.Equal(t, phaseAUTH, phaseNow())
	mustCall(t, h, func(m *Mailer) error { return m.SetPassword("s3cret pass") })
	mustCall(t, h, func(m *Mailer) error { return m.AddRecipient("refused@test.example", "") })
	mustFail(t, h, commandRcptTo, (*Mailer).Send)
	assert.Equal(t, phaseRCPT, phaseNow())
	mustCall(t, h, (*Mailer).DelRecipients)
	mustCall(t, h, func(m *Mailer) error { return m.AddRecipient("bob@test.example", "") })
	mustCall(t, h, (*Mailer).Send)
	assert.Equal(t, phaseNone, phaseNow())
}

// Each step of package smtp has a phase, and the phases have the numbers in csmtp_c.h.
func TestPhasesMatchHeader(t *testing.T) {
	numbers := map[int]string{}
	for _, e := range readHeader(t).Enums {
		for _, v := range e.Values {
			if name, ok := strings.CutPrefix(v.Name, "CSMTP_PHASE_"); ok {
				numbers[int(v.Value)] = name
			}
		}
	}
	require.Len(t, numbers, len(phases())+1)
	assert.Equal(t, "NONE", numbers[int(phaseNone)])
	for op, p := range phases() {
		name := strings.ToUpper(strings.ReplaceAll(string(op), " ", "_"))
		if op == smtp.OpBody {
			name = "CONTENT"
		}
		assert.Equal(t, name, numbers[int(p)])
	}
}
