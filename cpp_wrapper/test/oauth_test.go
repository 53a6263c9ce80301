// SPDX-License-Identifier: MIT

package test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// callsOAuth2 is a program that sets up OAuth 2.0 in four ways, with as few arguments
// as possible, and tries to get tokens.
const callsOAuth2 = `#include "CSmtp.h"
#include <cstdio>
#include <string>

template <typename F> int Number(F f) {
  try {
    f();
  } catch (ECSmtp &e) {
    std::fprintf(stderr, "%s\n", e.GetErrorText().c_str());
    return e.GetErrorNum();
  }
  return 0;
}

int main(int, char *argv[]) {
  CSmtp mail;
  const std::string url = argv[1];
  std::printf("%d ", Number([&] { mail.SetOAuth2Certificate(url.c_str(), "id", "/nowhere/c.pem"); }));
  std::printf("%d ", Number([&] { mail.SetOAuth2ServiceAccount("/nowhere/key.json"); }));
  std::printf("%d ", Number([&] { mail.SetOAuth2AssertionFile(url.c_str(), "id", "/nowhere/token"); }));
  std::printf("%d\n", Number([&] { mail.CheckToken(); }));
  std::printf("%d ", Number([&] { mail.SetOAuth2ManagedIdentity(("azure:" + url).c_str()); }));
  std::printf("%d ", Number([&] { mail.CheckToken(); }));
  std::printf("%s\n", mail.GetTokenInfo());
  return 0;
}
`

func TestMethodsForAccessTokens(t *testing.T) {
	tokens := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			w.WriteHeader(http.StatusTeapot)
		}
		// {"aud":"mail"}
		fmt.Fprint(w, `{"access_token":"e30.eyJhdWQiOiJtYWlsIn0.x","token_type":"Bearer","expires_in":"3600"}`)
	}))
	defer tokens.Close()
	source := filepath.Join(t.TempDir(), "oauth.cpp")
	require.NoError(t, os.WriteFile(source, []byte(callsOAuth2), 0o600))
	got := execute(t, t.TempDir(), link(t, "g++", "oauth", "-std=c++11", source), tokens.URL)
	assert.Zero(t, got.status, got.output)
	assert.True(t, strings.HasSuffix(got.output, "404 404 0 907\n0 0 audience mail\n"), got.output)
}
