// SPDX-License-Identifier: MIT

package keys

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// openssl runs the program openssl in the folder dir with the arguments in 'words'. It returns
// the content of the file named "out" that the program has written.
func openssl(t *testing.T, dir, words string) ([]byte, error) {
	t.Helper()
	cmd := exec.Command(hosttest.Need(t, "openssl"), strings.Fields(words)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PASS="+phrase)
	text, err := cmd.CombinedOutput()
	if err != nil {
		t.Logf("openssl %s: %s", words, text)
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, "out"))
}

func TestFormsOfOpenSSL(t *testing.T) {
	dir := t.TempDir()
	for name, id := range identities() {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "key"), pemOf("PRIVATE KEY", pkcs8DER(t, id.key)), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "cert"), pemCerts(id.leaf), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "chain"), pemCerts(id.middle, id.root), 0o600))
		ciphers := []string{"pkcs8 -topk8 -in key", "pkcs8 -topk8 -in key -outform DER"}
		for _, v2 := range []string{"aes128", "aes192", "aes256", "des3"} {
			for _, prf := range []string{"hmacWithSHA1", "hmacWithSHA224", "hmacWithSHA256", "hmacWithSHA384", "hmacWithSHA512"} {
				ciphers = append(ciphers, "pkcs8 -topk8 -in key -v2 "+v2+" -v2prf "+prf)
			}
		}
		if name != "Ed25519" {
			for _, cipher := range []string{"aes128", "aes256", "des3"} {
				ciphers = append(ciphers, "pkey -traditional -in key -"+cipher) // DEK-Info
			}
		}
		for _, words := range ciphers {
			data, err := openssl(t, dir, words+" -passout env:PASS -out out")
			require.NoError(t, err)
			key, err := ParsePrivateKey(data, phrase)
			require.NoError(t, err, "%s: openssl %s", name, words)
			sameKey(t, id.key, key)
			_, err = ParsePrivateKey(data, "")
			refused(t, err, "set its pass phrase", true)
			_, err = ParsePrivateKey(data, "wrong")
			refused(t, err, "is wrong: set the right one", true)
			// The certificates in the same file as an encrypted key can be read without the pass
			// phrase.
			roots, err := ParseRoots(append(pemCerts(id.root), pemOf("ENCRYPTED PRIVATE KEY", data)...), "")
			require.NoError(t, err)
			assert.Len(t, roots, 1)
		}
		for _, words := range []string{"pkcs12 -export -inkey key -in cert -certfile chain",
			"pkcs12 -export -inkey key -in cert -certfile chain -name Friendly -keypbe AES-128-CBC -certpbe NONE",
			"pkcs12 -export -inkey key -in cert -certfile chain -legacy"} {
			data, err := openssl(t, dir, words+" -passout env:PASS -out out")
			require.NoError(t, err)
			pair, err := ParsePair(data, nil, phrase)
			require.NoError(t, err, "%s: openssl %s", name, words)
			sameKey(t, id.key, pair.Key)
			assert.Equal(t, id.chain(), pair.Chain)
		}
		for _, words := range []string{"crl2pkcs7 -nocrl -certfile chain -certfile cert", "crl2pkcs7 -nocrl -certfile chain -certfile cert -outform DER"} {
			data, err := openssl(t, dir, words+" -out out")
			require.NoError(t, err)
			pair, err := ParsePair(data, pemOf("PRIVATE KEY", pkcs8DER(t, id.key)), "")
			require.NoError(t, err, words)
			assert.Equal(t, id.chain(), pair.Chain)
		}
		data, err := openssl(t, dir, "x509 -in cert -trustout -addtrust serverAuth -setalias a -out out")
		require.NoError(t, err)
		roots, err := ParseRoots(data, "")
		require.NoError(t, err)
		assert.Equal(t, id.leaf, roots[0])
		data, err = openssl(t, dir, "x509 -in cert -trustout -addreject serverAuth -out out")
		require.NoError(t, err)
		_, err = ParseRoots(data, "")
		refused(t, err, "not trusted for servers", false)
	}
}

// TestCommandsConvert runs the commands that errors name, and checks that they convert the
// files.
func TestCommandsConvert(t *testing.T) {
	dir := t.TempDir()
	id := identities()["RSA"]
	require.NoError(t, os.WriteFile(filepath.Join(dir, "key"), pemOf("PRIVATE KEY", pkcs8DER(t, id.key)), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "cert"), pemCerts(id.leaf), 0o600))
	for _, words := range []string{
		"pkcs8 -topk8 -in key -scrypt -out out",
		"pkcs8 -topk8 -in key -v1 PBE-SHA1-3DES -out out",
		"pkcs8 -topk8 -in key -v1 PBE-MD5-DES -provider legacy -provider default -out out",
		"pkcs12 -export -nokeys -in cert -out out",
	} {
		data, err := openssl(t, dir, words+" -passout env:PASS")
		require.NoError(t, err)
		_, err = ParsePair(data, nil, phrase)
		if !strings.Contains(words, "pkcs12") {
			_, err = ParsePrivateKey(data, phrase)
		}
		own := &Error{}
		require.ErrorAs(t, err, &own, words)
		require.NotEmpty(t, own.Command, "%s: %v", words, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "FILE"), data, 0o600))
		command := strings.TrimPrefix(strings.Replace(own.Command, "FILE.pem", "out", 1), "openssl ")
		converted, err := openssl(t, dir, command+" -passin env:PASS -passout env:PASS")
		require.NoError(t, err, command)
		if strings.Contains(words, "pkcs12") {
			_, err = ParseRoots(converted, "")
			require.NoError(t, err)
			continue
		}
		key, err := ParsePrivateKey(converted, phrase)
		require.NoError(t, err, words)
		sameKey(t, id.key, key)
	}
}
