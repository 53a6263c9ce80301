// SPDX-License-Identifier: MIT

package smtp

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A character whose low octet is CR or LF, such as U+010A or U+560D, is sent unchanged or
// refused. It never ends a command.
func TestWideCharactersAreNotLineEnds(t *testing.T) {
	const local = "a\u560d\u560aRCPT TO:\u010d\u010a"
	for _, address := range []string{local[:7] + "@x.example", `"` + local + `"@x.example`} {
		server := record(t, "SMTPUTF8")
		_, err := server.session(t).Send(&Envelope{From: address, Recipients: []Recipient{{Address: address}}}, hello)
		require.NoError(t, err, address)
		assert.Equal(t, []string{"MAIL FROM:<" + address + "> SMTPUTF8", "RCPT TO:<" + address + ">", "DATA"}, server.commands())

		server = record(t)
		_, err = server.session(t).Send(&Envelope{From: address, Recipients: []Recipient{{Address: address}}}, hello)
		require.ErrorContains(t, err, "SMTPUTF8")
		assert.Empty(t, server.commands())
	}
	server := record(t)
	_, err := server.session(t).Send(envelopeTo("a@\u560d\u560a.example"), hello)
	require.NoError(t, err)
	assert.Regexp(t, `^RCPT TO:<a@xn--[a-z0-9]+\.example>$`, server.commands()[1])
	_, err = (&Config{LocalName: "\u010a.example"}).ehloName(from{})
	require.NoError(t, err)
	name, _ := (&Config{LocalName: "\u560d\u560a.example"}).ehloName(from{})
	assert.Regexp(t, `^xn--[a-z0-9]+\.example$`, name)
}
