// SPDX-License-Identifier: MIT

package main

import (
	"testing"

	"csmtp/internal/header"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNamesOfScripts(t *testing.T) {
	assert.Equal(t, "set_smtp_server", rubyName("SetSMTPServer"))
	assert.Equal(t, "login_error?", rubyName("IsLoginError"))
	assert.Equal(t, "set_oauth2_token_file", rubyName("SetOAuth2TokenFile"))
	assert.Equal(t, "setSMTPServer", phpName("SetSMTPServer"))
	assert.Equal(t, "contentType", phpVariable("content_type"))
	assert.Equal(t, "# see set_sender, set_queue and BAD_INPUT; nil clears it\n#\n# next\n",
		scriptDoc("see CSmtp_SetSender, CSmtp_PoolSetQueue and CSMTP_BAD_INPUT; NULL clears it\n *\n next", "# ", "nil", rubyName))
}

// TestMethodsOfScripts checks the parameters and results of some methods for Ruby and PHP.
func TestMethodsOfScripts(t *testing.T) {
	lib, err := readLibrary(root)
	require.NoError(t, err)
	list, err := lib.scriptMethods()
	require.NoError(t, err)
	found := map[string]scriptMethod{}
	for _, m := range list {
		found[m.Name] = m
	}
	assert.Equal(t, []scriptParam{{"server", "text", ""}, {"port", "number", "0"}, {"authenticate", "bool", "true"}}, found["SetSMTPServer"].params)
	assert.Equal(t, []scriptParam{{"email", "text", ""}, {"name", "nullable", "null"}}, found["AddRecipient"].params)
	assert.Equal(t, []scriptParam{{"path", "path", ""}}, found["SetCAFile"].params)
	assert.Equal(t, []scriptParam{{"line", "number", ""}}, found["GetMsgLineText"].params)
	assert.Equal(t, "nullable", found["GetMsgLineText"].result)
	assert.Equal(t, "bool", found["IsSafeToRetry"].result)
	assert.NotContains(t, found, "SendRaw")

	// A function is left out if there is no rule for one of its types. It is an error if
	// scriptByHand names a function that does not exist.
	lib.header.Functions = append(lib.header.Functions, header.Function{Name: "SetFoo", Result: "int", Params: []header.Param{{Name: "h", Type: "CSmtpHandle"}, {Name: "foo", Type: "double"}}})
	more, err := lib.scriptMethods()
	require.NoError(t, err)
	assert.Len(t, more, len(list))
	scriptByHand["SetNothing"] = true
	defer delete(scriptByHand, "SetNothing")
	_, err = lib.scriptMethods()
	assert.ErrorContains(t, err, "scripts.go names SetNothing")
}
