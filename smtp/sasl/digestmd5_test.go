// SPDX-License-Identifier: MIT

package sasl

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func digestFor(t *testing.T, c Credentials, host, uri, cnonce string) *digestMD5 {
	t.Helper()
	m := mustNew(t, "DIGEST-MD5", c, Channel{Host: host}).(*digestMD5)
	if uri != "" {
		m.uri = uri
	}
	if cnonce != "" {
		m.cnonce = cnonce
	}
	return m
}

// TestDigestMD5Vectors uses the examples for IMAP and ACAP in RFC 2831, section 4.
func TestDigestMD5Vectors(t *testing.T) {
	for _, v := range []struct{ challenge, uri, cnonce, response, rspauth string }{
		{`realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",qop="auth",algorithm=md5-sess,charset=utf-8`,
			"imap/elwood.innosoft.com", "OA6MHXh6VqTrRk",
			"d388dad90d4bbd760a152321f2143af7", "ea40f60335c427b5527b84dbabcdfffd"},
		{`realm="elwood.innosoft.com",nonce="OA9BSXrbuRhWay",qop="auth",algorithm=md5-sess,charset=utf-8`,
			"acap/elwood.innosoft.com", "OA9BSuZWMSpW8m",
			"6084c6db3fede7352c551284490fd0fc", "2f0b3d7c3c2e486600ef710726aa2eae"},
	} {
		m := digestFor(t, Credentials{Login: "chris", Password: "secret"}, "elwood.innosoft.com", v.uri, v.cnonce)
		first, err := m.Start()
		require.NoError(t, err)
		require.Nil(t, first)
		got, err := m.Next([]byte(v.challenge))
		require.NoError(t, err)
		assert.Contains(t, string(got), "response="+v.response+",")
		assert.Contains(t, string(got), `username="chris",realm="elwood.innosoft.com",nonce="OA`)
		assert.True(t, strings.HasSuffix(string(got), ",charset=utf-8"))
		assert.False(t, m.Done(), "the server has proved nothing yet")
		got, err = m.Next([]byte("rspauth=" + v.rspauth))
		require.NoError(t, err)
		require.NotNil(t, got)
		assert.Empty(t, got)
		assert.True(t, m.Done())
		_, err = m.Next(nil)
		assertReason(t, err, BadChallenge)
		assert.False(t, m.Done())
	}
}
