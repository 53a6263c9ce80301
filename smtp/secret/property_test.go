// SPDX-License-Identifier: MIT

package secret

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
)

var alphabets = []string{
	"abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", "abcXYZ019-._~", "aB3+/=", `a1"\'<>&%$#@!^|{}[]():;,?*`, "aé€ßÖ漢😀", "0123456789", "xyz 12",
}

var around = []string{
	"535 5.7.8 ", "wrong password: ", `unrecognized: "`, "'", "<", "(", "AUTH PLAIN ", " ", "", "\n", `{"status":"`, `"}`, "...", "=", ":", "xyz", "12", "/", "%", `\`, "&", " and ", "é",
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func random(r *rand.Rand, size int) string {
	alphabet := []rune(pick(r, alphabets))
	var b strings.Builder
	for range size {
		b.WriteRune(pick(r, alphabet))
	}
	return b.String()
}

// TestEveryFormIsHidden writes random secrets into random texts in every form, and checks
// that Hide hides them.
func TestEveryFormIsHidden(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 3))
	for range 20_000 {
		secret := strings.Join(strings.Fields(random(r, 6+r.IntN(40))), " ") // spaces at the ends of a secret need not be hidden
		if len(normal(secret)) < 6 {
			continue // without its blanks and its padding, the secret is too short to be hidden
		}
		f := pick(r, forms)
		written := f.write(secret)
		text := pick(r, around) + pick(r, around) + " " + written + " " + pick(r, around) + pick(r, around)
		hidden := setOf(secret, random(r, 12)).Hide(text)
		if !assert.NotContains(t, hidden, written, "%q as %s", secret, f.name) || !assert.Contains(t, hidden, Mask, "%q as %s in %q", secret, f.name, text) {
			return
		}
		// No long part of the secret remains visible either.
		for at := 0; at+12 <= len(written); at++ {
			part := written[at : at+12]
			if strings.Contains(hidden, part) && !strings.ContainsAny(part, "\n=") && strings.Count(text, part) == 1 && at > 16 && at+12 < len(written)-4 {
				t.Fatalf("%q as %s: %q is left of %q in %q", secret, f.name, part, text, hidden)
			}
		}
	}
}

// FuzzHide checks that Hide removes no line end, does not make valid UTF-8 invalid, and hides
// every secret that is long enough.
func FuzzHide(f *testing.F) {
	for _, form := range forms {
		f.Add("hunter2secret", "535 wrong: ", " is it", byte(0))
		f.Add("s3cret/pass+wörd", form.name, "\n", byte(7))
	}
	f.Fuzz(func(t *testing.T, secret, before, after string, n byte) {
		if len(secret) > 2000 || len(before)+len(after) > 4000 {
			return
		}
		set := setOf(secret)
		plain := before + after
		if hidden := set.Hide(plain); strings.Count(hidden, "\n") != strings.Count(plain, "\n") {
			t.Fatalf("a line end is lost: hiding %q in %q returns %q", secret, plain, hidden)
		} else if utf8.ValidString(plain) && !utf8.ValidString(hidden) {
			t.Fatalf("%q in %q becomes invalid UTF-8: %q", secret, plain, hidden)
		}
		if len(secret) < shortest || len(normal(secret)) < certain {
			return
		}
		written := forms[int(n)%len(forms)].write(secret)
		if len(written) > 8<<10 || strings.Contains(Mask, written) || strings.Trim(written, "?") == "" {
			return // question marks alone reveal nothing
		}
		text := before + " " + written + " " + after
		if hidden := set.Hide(text); strings.Contains(hidden, written) && strings.Count(hidden, written) >= strings.Count(text, written) {
			t.Fatalf("%q as %s is left in %q", secret, forms[int(n)%len(forms)].name, hidden)
		}
	})
}

func BenchmarkHideNothing(b *testing.B) {
	set := setOf("s3cret pass", "AGFsaWNlAHMzY3JldCBwYXNz")
	for b.Loop() {
		set.Hide("2.0.0 Ok: queued as 4XyZ12AbCdE")
	}
}

func BenchmarkHideToken(b *testing.B) {
	token := random(rand.New(rand.NewPCG(1, 2)), 2000)
	set := setOf(token, std(token))
	for b.Loop() {
		set.Hide("2.0.0 Ok: queued as 4XyZ12AbCdE")
	}
}

func BenchmarkNewSession(b *testing.B) {
	token := random(rand.New(rand.NewPCG(1, 2)), 2000)
	for b.Loop() {
		setOf(token, std(token)).Hide("2.0.0 Ok: queued as 4XyZ12AbCdE")
	}
}
