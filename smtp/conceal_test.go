// SPDX-License-Identifier: MIT

package smtp

import (
	"testing"

	"csmtp/smtp/secret"

	"github.com/stretchr/testify/assert"
)

// If a line of the reply to EHLO contains a secret, the first word is still the keyword,
// and the other words are still its parameters.
func TestSecretAcrossKeywordAndParametersIsHidden(t *testing.T) {
	s := &Session{cfg: &Config{Secrets: &secret.Set{}}}
	s.cfg.Secrets.Add("horse7 battery staple")
	s.learn([]byte("mail.test.example\nhorse7 battery staple\nX-SAID horse7 battery staple\nSIZE 1000\nPIPELINING"))
	assert.Equal(t, map[string]string{"****": "****", "X-SAID": "****", "SIZE": "1000", "PIPELINING": ""}, s.Extensions())
	for name, want := range map[string]string{"horse7": "****", "x-said": "****", "size": "1000", "pipelining": ""} {
		params, ok := s.Extension(name)
		assert.True(t, ok, name)
		assert.Equal(t, want, params, name)
	}
	_, ok := s.Extension("DSN")
	assert.False(t, ok)
}
