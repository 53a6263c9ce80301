// SPDX-License-Identifier: MIT

package secret

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func setOf(secrets ...string) *Set {
	s := &Set{}
	s.Add(secrets...)
	return s
}

func TestHide(t *testing.T) {
	for _, c := range []struct{ secret, text, want string }{
		{"hunter2secret", "", ""},
		{"hunter2secret", "535 5.7.8 wrong login or word", "535 5.7.8 wrong login or word"},
		{"hunter2secret", "wrong password hunter2secret", "wrong password ****"},
		{"hunter2secret", "wrong password HUNTER2SECRET!", "wrong password ****!"},
		{"hunter2secret", "hunter2secrethunter2secret", "****"},
		{"hunter2secret", "xhunter2secrety", "x****y"},
		{"hunter2secret", `500 "aHVudGVyMnNlY3JldA=="`, `500 "****"`},
		{"hunter2secret", "bad: AUTH PLAIN AGFsaWNlAGh1bnRlcjJzZWNyZXQ=", "bad: AUTH PLAIN ****"},
		{"hunter2secret", "bad: AUTH PLAIN AGFsaWNlAGh1bnRlcjJzZWNy", "bad: AUTH PLAIN ****"},
		{"hunter2secret", "cut off: hunter2s", "cut off: ****"},
		{"hunter2secret", `cut off: "hunter2..."`, `cut off: "****..."`},
		{"hunter2secret", "hunters are no secret", "hunters are no secret"},
		{"hunter2secret", "line one hunter2\nsecret line two", "line one ****\n**** line two"},
		{"s3cret pass", "s3cret%20pass s3cret+pass s3cret_pass s3cret=20pass", "**** **** **** ****"},
		{"pässwörd", "p?ssw?rd PÄSSWÖRD p??ssw??rd p\xe4ssw\xf6rd pÃ¤sswÃ¶rd", "**** **** **** **** ****"},
		{"pass", "the password passes", "the ****word ****es"},
		{"used", "it is no use, don't use directories", "it is no use, don't use directories"},
		// The secret is not UTF-8. The letters "ce" of "twice" are also two hexadecimal digits:
		// decoded, they are the octet CE. CE and AA, the first octet of the secret, are one
		// character in UTF-8.
		{"\xaa3c\xaa\xaasr\xff12", "twice AA3363AAAA7372FF3132", "twice ****"},
		// A short secret.
		{"abc", "the abc of abc: no, an abcd", "the abc of abc: no, an abcd"},
		{"abc", `wrong: "abc" 'ABC' <abc> (abc) [abc]`, `wrong: "****" '****' <****> (****) [****]`},
		{"abc", "wrong password: abc", "wrong password: ****"},
		{"abc", "password=abc\nnext", "password=****\nnext"},
		{"abc", "unknown YWJj, 616263", "unknown ****, ****"},
		{"abc", "xYWJj YWJjZA==", "xYWJj YWJjZA=="},
		{"a", "535 a bad login: a mistake", "535 a bad login: a mistake"},
		{"a", `535 "a" and YQ==`, `535 "****" and ****==`},
		{" ", "535 a bad login", "535 a bad login"},
		{"====", "535 a = b", "535 a = b"},
	} {
		assert.Equal(t, c.want, setOf(c.secret).Hide(c.text), "%q in %q", c.secret, c.text)
	}
}

// TestHideSplitSecret hides one half of a token: a server that splits a long line into two
// sometimes quotes one half or both.
func TestHideSplitSecret(t *testing.T) {
	token := strings.Repeat("abcdefghij0123456789", 30)[:512] + ".signature-part_of~it"
	line := base64.StdEncoding.EncodeToString([]byte("user=alice\x01auth=Bearer " + token + "\x01\x01"))
	s := setOf(token, line)
	for cut := 40; cut < len(line)-20; cut += 17 {
		for _, part := range []string{line[:cut], line[cut:]} {
			text := "500 5.5.1 unrecognized: \"" + part + "\""
			assert.Equal(t, "500 5.5.1 unrecognized: \"****\"", s.Hide(text), "cut at %d", cut)
		}
	}
	for cut := 8; cut < len(token)-16; cut += 31 {
		assert.NotContains(t, s.Hide("said: "+token[:cut]), token[:8])
		assert.NotContains(t, s.Hide("said: "+token[cut:]), token[cut:])
	}
}

func TestTextWithoutSecret(t *testing.T) {
	var none *Set
	none.Add("x")
	assert.Equal(t, "a text", none.Hide("a text"))
	assert.Equal(t, "a text", (&Set{}).Hide("a text"))
	assert.Equal(t, "a text", setOf("", "").Hide("a text"))
	assert.Equal(t, []string{"a", "b"}, setOf("secret").HideLines([]string{"a", "b"}))
	assert.Equal(t, []string{"a ****", "**** b"}, setOf("secret-word").HideLines([]string{"a secret-", "word b"}))
}

// TestSetIsBounded checks that a set keeps only the newest secrets, and that printing the
// set shows no secret.
func TestSetIsBounded(t *testing.T) {
	s := &Set{}
	for i := range 3 * maxWords {
		s.Add(fmt.Sprintf("token number %d.", i), "the-password")
	}
	assert.Len(t, s.words, maxWords)
	assert.Equal(t, "**** ****", s.Hide(fmt.Sprintf("the-password token number %d.", 3*maxWords-1)))
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		assert.NotContains(t, fmt.Sprintf(verb, s), "password")
	}
}

// TestHideIsBounded gives Hide texts that can be decoded many times. Hide returns soon, because
// it limits the number of octets that it decodes.
func TestHideIsBounded(t *testing.T) {
	s := setOf("hunter2secret", strings.Repeat("t", 9000), strings.Repeat("ab+/", 2000))
	for _, piece := range []string{"41", "%2541", `\\u005c`, "&amp;", "t", "QUJD", "=3D", "+2B", "0x41,", "65 ", "ab+/", "\n", "%25%32%35"} {
		for _, octets := range []int{4 << 10, 256 << 10} {
			text := strings.Repeat(piece, octets/len(piece))
			assert.NotContains(t, s.Hide(text+" hunter2secret "+text), "hunter2secret", "%q", piece)
		}
	}
}
