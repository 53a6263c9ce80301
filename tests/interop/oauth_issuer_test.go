// SPDX-License-Identifier: MIT

package interop

import (
	"bufio"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"csmtp/tests/interop/servers"
)

// issuer is the token server oauth/tokens.py.
type issuer struct {
	dir     string
	url     string
	files   map[string]string // the path of each of its files; a key is a name such as "client.pem"
	secrets []string          // the secrets in the settings and files

	mu    sync.Mutex
	said  []string // the lines that the server has printed: "granted ..." or "refused ..."
	spied []string // the assertions that the server has received, and the tokens that it has issued
}

// startIssuer installs PyJWT if necessary, writes keys, and starts the server.
func startIssuer(t *testing.T) *issuer {
	t.Helper()
	if os.Getuid() == 0 {
		out, err := exec.Command("oauth/install.sh").CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	i := &issuer{dir: t.TempDir(), files: map[string]string{}}
	for _, name := range []string{"client", "federation", "account", "machine"} {
		i.makeKey(t, name)
	}
	const phrase = "p4ss phrase of the client"
	locked, err := exec.Command("openssl", "pkcs12", "-export", "-in", i.files["client.pem"], "-inkey", i.files["client.key"],
		"-passout", "pass:"+phrase).Output()
	require.NoError(t, err)
	i.put(t, "client.p12", locked)
	settings := map[string]string{
		"client_id": "the-client", "client_secret": "cl1ent-secret/of+the=client", "refresh_token": "r3fresh-token-of-the-client",
		"client_certificate": i.files["client.pem"], "federation_certificate": i.files["federation.pem"],
		"account": "robot@project.iam.gserviceaccount.com", "account_certificate": i.files["account.pem"],
		"machine": "machine@project.iam.gserviceaccount.com", "machine_certificate": i.files["machine.pem"],
		"machine_key": i.files["machine.key"], "machine_token": "m4chine-access-token", "identity_header": "v4lueOfAppServiceHeader",
		"dovecot_key": servers.TokenKey, "user": servers.Alice.Name,
	}
	i.secrets = append(i.secrets, phrase, settings["client_secret"], settings["refresh_token"], settings["machine_token"], settings["identity_header"])
	text, err := json.Marshal(settings)
	require.NoError(t, err)
	i.start(t, i.put(t, "settings.json", text))

	key, err := os.ReadFile(i.files["account.key"])
	require.NoError(t, err)
	account, err := json.Marshal(map[string]string{"type": "service_account", "client_email": settings["account"], "private_key_id": "key-1",
		"private_key": string(key), "token_uri": i.url + "/token"})
	require.NoError(t, err)
	i.put(t, "account.json", account)
	i.federate(t)
	return i
}

func (i *issuer) put(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(i.dir, name)
	require.NoError(t, os.WriteFile(path, data, 0o600))
	i.files[name] = path
	return path
}

// makeKey writes an RSA key to NAME.key and its certificate to NAME.pem.
func (i *issuer) makeKey(t *testing.T, name string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	i.put(t, name+".pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}))
	i.put(t, name+".key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
	i.secrets = append(i.secrets, base64.StdEncoding.EncodeToString(private)[100:160])
}

// federate writes a new token to a file. The token is like one from another identity provider.
func (i *issuer) federate(t *testing.T) {
	t.Helper()
	const program = `import jwt, sys, time
now = int(time.time())
claims = {"iss": "https://kubernetes.test.example", "sub": "system:serviceaccount:mail:csmtp", "aud": "api://AzureADTokenExchange",
          "iat": now, "exp": now + 3600}
print(jwt.encode(claims, open(sys.argv[1]).read(), algorithm="RS256", headers={"kid": "federation"}))`
	token, err := exec.Command(debianPython, "-c", program, i.files["federation.key"]).Output()
	require.NoError(t, err)
	i.put(t, "federated.jwt", token)
	i.mu.Lock()
	defer i.mu.Unlock()
	i.spied = append(i.spied, strings.TrimSpace(string(token)))
}

// start starts the server and reads what it prints.
func (i *issuer) start(t *testing.T, settings string) {
	t.Helper()
	server := exec.Command(debianPython, "oauth/tokens.py", settings)
	server.Stderr = os.Stderr
	out, err := server.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, server.Start())
	lines := bufio.NewReader(out)
	first, err := lines.ReadString('\n')
	require.NoError(t, err)
	var began struct{ Port int }
	require.NoError(t, json.Unmarshal([]byte(first), &began))
	i.url = fmt.Sprintf("http://127.0.0.1:%d", began.Port)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				return
			}
			i.note(line)
		}
	}()
	t.Cleanup(func() {
		_ = server.Process.Kill()
		<-ended
		_ = server.Wait()
	})
}

func (i *issuer) note(line string) {
	var said struct {
		Granted, Refused string
		Secrets          []string
	}
	if json.Unmarshal([]byte(line), &said) != nil {
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if said.Granted != "" {
		i.said = append(i.said, "granted "+said.Granted)
	}
	if said.Refused != "" {
		i.said = append(i.said, "refused "+said.Refused)
	}
	i.spied = append(i.spied, said.Secrets...)
}

// last waits until the server has printed more than 'before' lines, and returns the lines
// after these.
func (i *issuer) last(t *testing.T, before int) string {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		i.mu.Lock()
		said := i.said
		i.mu.Unlock()
		if len(said) > before {
			return strings.Join(said[before:], "; ")
		}
	}
	t.Fatal("the token server has received no request")
	return ""
}

func (i *issuer) count() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return len(i.said)
}
