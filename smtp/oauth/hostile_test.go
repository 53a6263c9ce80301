// SPDX-License-Identifier: MIT

package oauth

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A token that the library could not read again is not saved. The token file remains usable.
func TestUnusableTokensAreNotSaved(t *testing.T) {
	for name, tokens := range map[string][2]string{
		"line end in the refresh token": {"access", "r\n1"},
		"NUL in the refresh token":      {"access", "r\x001"},
		"long refresh token":            {"access", strings.Repeat("r", maxField+1)},
		"long access token":             {strings.Repeat("<", maxField+1), "refresh"},
	} {
		s := newServer(t, false, func(n int, form url.Values, w http.ResponseWriter, r *http.Request) {
			reply := map[string]any{"access_token": tokens[0], "refresh_token": tokens[1], "expires_in": 3600}
			if n > 1 {
				reply = map[string]any{"access_token": "good", "expires_in": 3600}
			}
			assert.NoError(t, json.NewEncoder(w).Encode(reply))
		})
		c := (&rotating{tokenServer: s}).loggedIn(t, "first")
		before, err := os.ReadFile(c.TokenFile)
		require.NoError(t, err)
		e := wantError(t, c)
		assert.ErrorContains(t, e, "characters that are not allowed, or more than 65536 octets", name)
		assert.False(t, e.Temporary(), name)
		after, err := os.ReadFile(c.TokenFile)
		require.NoError(t, err)
		assert.Equal(t, string(before), string(after), name)
		wantToken(t, "good", another(t, c), false)
	}
}

// The longest tokens that the library accepts fit into the token file.
func TestLongestTokensFitIntoTheFile(t *testing.T) {
	for _, octet := range []string{"<", `"`, `\`, "x"} {
		token := strings.Repeat(octet, maxField)
		s := newServer(t, false, func(_ int, _ url.Values, w http.ResponseWriter, _ *http.Request) {
			assert.NoError(t, json.NewEncoder(w).Encode(map[string]any{"access_token": token, "refresh_token": token, "expires_in": 3600}))
		})
		c := (&rotating{tokenServer: s}).loggedIn(t, "first")
		c.FileError = func(err error) { assert.NoError(t, err) }
		wantToken(t, token, another(t, c), false)
		wantToken(t, token, another(t, c), false)
		assert.Equal(t, 1, s.count())
	}
}

// csmtp-login can replace a token file even if the file is too long or its tokens cannot be
// used.
func TestUnusableTokenFileIsReplaced(t *testing.T) {
	s := newRotating(t, "first")
	for name, content := range map[string]string{
		"line end": tokenMark + `1,"grant":"refresh_token","refresh_token":"r\n1"}`,
		"too long": tokenMark + `1,"refresh_token":"` + strings.Repeat("r", maxTokenFile) + `"}`,
		"another":  strings.Repeat("diary", maxTokenFile),
	} {
		c := s.loggedIn(t, "first")
		writePrivate(t, c.TokenFile, content)
		e := wantError(t, c)
		if name == "line end" {
			assert.ErrorContains(t, e, "it is damaged (run csmtp-login", name)
		} else {
			assert.ErrorContains(t, e, "it is not a token file", name)
		}
		c.Endpoint, c.ClientID = s.URL+"/token", "app"
		tokens := &Tokens{"new", "first", time.Hour}
		if name == "another" {
			require.ErrorIs(t, CheckTokenFile(t.Context(), c, false), ErrNotTokenFile)
			require.ErrorIs(t, WriteTokenFile(t.Context(), c, tokens, false), ErrNotTokenFile)
		}
		require.NoError(t, CheckTokenFile(t.Context(), c, name == "another"), name)
		require.NoError(t, WriteTokenFile(t.Context(), c, tokens, name == "another"), name)
		wantToken(t, "new", another(t, c), false)
	}
}

// Content that is too long to be read again is not written.
func TestTooLongContentIsNotWritten(t *testing.T) {
	s := newRotating(t, "first")
	c := s.loggedIn(t, "first")
	store := &tokenStore{path: c.TokenFile}
	err := store.replace(make([]byte, maxTokenFile+1), func(string) {})
	require.EqualError(t, err, fmt.Sprintf("its content has %d octets; the limit is %d", maxTokenFile+1, maxTokenFile))
	require.Equal(t, "first", readStored(t, c.TokenFile).Refresh)
	onlyFile(t, c.TokenFile)
}

// Only the beginning of a long text is searched for secrets and shown. Where the text is cut,
// no part of a secret is shown.
func TestLongTextIsCut(t *testing.T) {
	const word = "tops3cretvalueofaclient"
	secrets := (&Config{ClientSecret: word}).secrets("")
	for pad := range 2 * len(word) {
		text := clean(secrets, strings.Repeat("x", pad)+strings.Repeat(word, 2*maxHidden/len(word))+" the end", 500)
		assert.NotContains(t, text, "the end")
		assert.True(t, strings.HasSuffix(text, "..."), text)
		for i := range len(word) - 3 {
			assert.NotContains(t, text, word[i:i+4])
		}
	}
	assert.Equal(t, "**** end", clean(secrets, word+"\r\nend", 500))
	assert.Equal(t, strings.Repeat("y", 500)+"...", clean(secrets, strings.Repeat("y", maxBody), 500))
}
