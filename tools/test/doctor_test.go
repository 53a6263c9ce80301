// SPDX-License-Identifier: MIT

// Package test runs csmtp-doctor and csmtp-send against servers on loopback.
package test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csmtp/smtp/smtptest"
	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) { hosttest.Main(m) }

// compiled compiles the program csmtp-NAME. If the program is written in C++, it is
// compiled with sanitizers.
func compiled(t *testing.T, name string) string {
	t.Helper()
	if name == "testserver" || name == "login" {
		program := filepath.Join(t.TempDir(), "csmtp-"+name)
		require.NoError(t, hosttest.Command(hosttest.Root(), nil, "go", "build", "-o", program, "./tools/csmtp-"+name))
		return program
	}
	args := append([]string{"-std=c++11", "-g1", "-O0"}, hosttest.Sanitizers...)
	return hosttest.Link(t, "g++", "csmtp-"+name, append(args, sources(t, name)...)...)
}

func sources(t *testing.T, name string) []string {
	t.Helper()
	var all []string
	for _, pattern := range []string{"tools/*.cpp", "tools/" + name + "/*.cpp"} {
		files, err := filepath.Glob(filepath.Join(hosttest.Root(), pattern))
		require.NoError(t, err)
		require.NotEmpty(t, files)
		all = append(all, files...)
	}
	return all
}

func TestBothCompileWithClang(t *testing.T) {
	for _, name := range []string{"doctor", "send"} {
		got := hosttest.Call{Program: hosttest.Link(t, "clang++", name, append([]string{"-std=c++11"}, sources(t, name)...)...),
			Args: []string{"--version"}}.Run(t)
		assert.Regexp(t, `^csmtp-`+name+` \d+\.\d+\.\d+\n$`, got.Out)
	}
}

func serve(t *testing.T, options smtptest.MailOptions) *smtptest.MailServer {
	t.Helper()
	server, err := smtptest.NewMailServer(options)
	require.NoError(t, err)
	t.Cleanup(server.Close)
	return server
}

func authority(t *testing.T) string {
	t.Helper()
	path, err := smtptest.WriteCA(t.TempDir())
	require.NoError(t, err)
	return path
}

// ports returns the option --ports that maps 465 and 587 to the ports of 'server', and 25 to
// a port on which nobody listens.
func ports(server *smtptest.MailServer) string {
	return fmt.Sprintf("--ports=465=%d,587=%d,25=1", server.TLSPort(), server.Port())
}

const (
	user     = "alice@test.example"
	password = "s3cret pass"
)

// attempt is one connection of a diagnosis.
type attempt struct {
	Works                bool
	Address, Phase, Text string
	Error                int
}

// diagnosis contains those members of the output of --json that the tests use.
type diagnosis struct {
	Version, Host, Result, Verdict string
	Status                         int
	BestPort                       *int `json:"best_port"`
	Ports                          []struct {
		Port, Dialled        int
		Security, TLS        string
		Works, Secure        bool
		IPv4, IPv6, STARTTLS *attempt
		Versions             map[string]*bool `json:"tls_versions"`
		Certificate          *struct {
			Accepted              bool
			Problem, Subject, Key string
			Names, Chain          []string
			DaysLeft              int    `json:"days_left"`
			NotAfter              string `json:"not_after"`
			Pin                   string
		}
		Extensions, ExtensionsInClear map[string]string
		Mechanisms                    []string
		Size                          int64
	}
	Login *struct {
		User, Mechanism, Phase, Text string
		Tried, Accepted              bool
		Error, Port                  int
		Token                        *struct {
			Obtained bool
			Info     string
		}
	}
	Notes, Code []string
}

// examine runs csmtp-doctor with --json. It adds the variables in env, such as a password, to
// the environment.
func examine(t *testing.T, env []string, args ...string) diagnosis {
	t.Helper()
	got := hosttest.Call{Program: compiled(t, "doctor"), Args: append([]string{"--json"}, args...), Env: env}.Run(t)
	var d diagnosis
	require.NoError(t, json.Unmarshal([]byte(got.Out), &d), "%s%s", got.Out, got.Errors)
	assert.Equal(t, d.Status, got.Status)
	assert.Empty(t, got.Errors)
	return d
}

func TestDoctorOfAGoodServer(t *testing.T) {
	server, ca := serve(t, smtptest.MailOptions{}), authority(t)
	d := examine(t, []string{"CSMTP_PASSWORD=" + password}, ports(server), "--ca-file", ca, "localhost", user)
	assert.Equal(t, "good", d.Result)
	assert.Zero(t, d.Status)
	require.NotNil(t, d.BestPort)
	assert.Equal(t, 465, *d.BestPort, "implicit TLS first (RFC 8314)")
	require.Len(t, d.Ports, 3)
	for i, security := range []string{"ssl", "starttls"} {
		p := d.Ports[i]
		assert.Equal(t, security, p.Security)
		assert.True(t, p.Works && p.Secure && p.IPv4.Works, "%+v", p)
		assert.Contains(t, p.TLS, "TLS 1.3")
		assert.True(t, *p.Versions["1.3"] && *p.Versions["1.2"])
		require.NotNil(t, p.Certificate)
		assert.True(t, p.Certificate.Accepted)
		assert.Contains(t, p.Certificate.Names, "localhost")
		assert.Greater(t, p.Certificate.DaysLeft, 30)
		assert.EqualValues(t, 64<<20, p.Size)
		assert.Contains(t, p.Mechanisms, "SCRAM-SHA-256-PLUS")
		assert.Contains(t, p.Extensions, "8BITMIME")
		assert.NotContains(t, p.Extensions, "STARTTLS")
	}
	assert.False(t, d.Ports[2].Works)
	assert.Equal(t, 104, d.Ports[2].IPv4.Error)
	assert.Equal(t, "connect", d.Ports[2].IPv4.Phase)
	assert.Empty(t, d.Ports[2].IPv4.Address)
	assert.Equal(t, fmt.Sprintf("127.0.0.1:%d", server.TLSPort()), d.Ports[0].IPv4.Address)
	assert.Empty(t, d.Ports[0].IPv4.Phase)
	require.NotNil(t, d.Login)
	assert.True(t, d.Login.Accepted)
	assert.Equal(t, "SCRAM-SHA-256-PLUS", d.Login.Mechanism)
	assert.Equal(t, []string{
		fmt.Sprintf(`mail.SetSMTPServer("localhost", %d);`, server.TLSPort()), `mail.SetSecurityType(USE_SSL);`,
		`mail.SetLogin("alice@test.example");`, `mail.SetPassword("...");`, fmt.Sprintf("mail.SetCAFile(%q);", ca),
	}, d.Code)
	assert.Empty(t, server.Mails())
}

// The printed code compiles.
func TestDoctorsCodeCompiles(t *testing.T) {
	for _, mechanisms := range [][]string{nil, {"XOAUTH2"}} {
		server := serve(t, smtptest.MailOptions{Mechanisms: mechanisms})
		d := examine(t, nil, ports(server), "--ca-file", authority(t), "localhost")
		text := "#include \"CSmtp.h\"\nint main() {\n  CSmtp mail;\n  " + strings.Join(d.Code, "\n  ") + "\n}\n"
		source := filepath.Join(t.TempDir(), "code.cpp")
		require.NoError(t, os.WriteFile(source, []byte(text), 0o600))
		hosttest.Call{Program: hosttest.Link(t, "g++", "code"+fmt.Sprint(len(mechanisms)), "-std=c++11", source)}.Run(t)
		if mechanisms != nil {
			assert.Contains(t, text, "SetAccessToken")
			assert.Contains(t, strings.Join(d.Notes, " "), "OAuth 2.0")
		}
	}
}

func TestDoctorOfBadCertificates(t *testing.T) {
	for certificate, want := range map[string]string{
		"expired": "has expired", "wrong-host": "is for other.example", "other-ca": "unknown", "self-signed": "self-signed",
		"not-yet-valid": "not yet valid",
	} {
		server := serve(t, smtptest.MailOptions{Certificate: certificate})
		args := []string{ports(server), "--ca-file", authority(t), "localhost", user}
		d := examine(t, []string{"CSMTP_PASSWORD=" + password}, args...)
		assert.Equal(t, "none", d.Result, certificate)
		assert.Equal(t, 1, d.Status)
		assert.Nil(t, d.BestPort)
		for _, p := range d.Ports[:2] {
			require.NotNil(t, p.Certificate, "%s: a certificate that is not accepted is shown", certificate)
			assert.False(t, p.Certificate.Accepted || p.Works)
			assert.Contains(t, p.Certificate.Problem, want)
			assert.NotEmpty(t, p.Certificate.Subject)
			assert.Contains(t, p.Certificate.Pin, "sha256//")
			assert.NotEmpty(t, p.TLS)
		}
		for _, a := range []*attempt{d.Ports[0].IPv4, d.Ports[1].STARTTLS} {
			assert.False(t, a.Works)
			assert.Equal(t, "TLS", a.Phase)
			assert.NotEmpty(t, a.Address, "the connection was made")
		}
		assert.Equal(t, certificate == "expired", d.Ports[0].Certificate.DaysLeft < 0)
		assert.False(t, d.Login.Tried, "no password is sent to a server that is not verified")
		for _, s := range server.Sessions() {
			assert.Empty(t, s.Mechanism)
		}
		got := hosttest.Call{Program: compiled(t, "doctor"), Args: args[:4]}.Run(t)
		assert.Contains(t, got.Out, "NOT ACCEPTED")
		assert.Contains(t, got.Out, want)
		assert.Contains(t, got.Out, "No way to send mail was found.")
		assert.Contains(t, got.Out, "\nThe server's certificate is not accepted: ")
		assert.Contains(t, d.Verdict, want)
		assert.NotContains(t, d.Verdict, "well")
		assert.Contains(t, strings.Join(d.Notes, "\n"), "Port 465: the certificate is not accepted: ")
		sendsWith(t, d.Code, server)
	}
}

func TestDoctorWithOnlyPort25Open(t *testing.T) {
	server := serve(t, smtptest.MailOptions{NoAuth: true})
	d := examine(t, nil, fmt.Sprintf("--ports=465=1,587=1,25=%d", server.Port()), "--ca-file", authority(t), "localhost")
	assert.Equal(t, "good", d.Result)
	assert.Equal(t, 25, *d.BestPort)
	assert.Equal(t, []string{"mail.SetSMTPServer(\"localhost\", " + fmt.Sprint(server.Port()) + ", false);", "mail.SetSecurityType(USE_TLS);"}, d.Code[:2])
}

func TestDoctorWithoutSTARTTLS(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Hide: []string{"STARTTLS"}})
	d := examine(t, []string{"CSMTP_PASSWORD=" + password}, fmt.Sprintf("--ports=465=1,587=%d,25=1", server.Port()), "localhost", user)
	assert.Equal(t, "clear-only", d.Result)
	assert.Equal(t, 4, d.Status)
	assert.Equal(t, "none", d.Ports[1].Security)
	assert.True(t, d.Ports[1].Works)
	assert.False(t, d.Ports[1].Secure)
	assert.False(t, d.Login.Tried)
	assert.Contains(t, strings.Join(d.Notes, " "), "anyone on the network path could read the password")
	assert.Contains(t, d.Code, "mail.SetSecurityType(NO_SECURITY);")
	for _, s := range server.Sessions() {
		assert.Empty(t, s.Mechanism)
	}
}

// If TLS fails on a port, csmtp-doctor does not use another port without TLS.
func TestDoctorAvoidsClearPortIfTLSFails(t *testing.T) {
	secure, clear := serve(t, smtptest.MailOptions{Certificate: "expired"}), serve(t, smtptest.MailOptions{Hide: []string{"STARTTLS"}})
	d := examine(t, nil, fmt.Sprintf("--ports=465=%d,25=%d", secure.TLSPort(), clear.Port()), "--ca-file", authority(t), "localhost")
	assert.Equal(t, "none", d.Result)
	assert.NotContains(t, strings.Join(d.Code, "\n"), "NO_SECURITY")
	assert.NotContains(t, strings.Join(d.Code, "\n"), fmt.Sprint(clear.Port()))
}

func TestDoctorOfARefusedLogin(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	const wrong = "wr0ng-pass"
	d := examine(t, []string{"CSMTP_PASSWORD=" + wrong}, ports(server), "--ca-file", authority(t), "localhost", user)
	assert.Equal(t, "login-refused", d.Result)
	assert.Equal(t, 3, d.Status)
	assert.True(t, d.Login.Tried)
	assert.Equal(t, "AUTH", d.Login.Phase)
	assert.Contains(t, d.Login.Text, "535")
	assert.Contains(t, d.Login.Text, "login or password is wrong")

	noLogin := serve(t, smtptest.MailOptions{NoAuth: true})
	d = examine(t, []string{"CSMTP_PASSWORD=" + wrong}, ports(noLogin), "--ca-file", authority(t), "localhost", user)
	assert.Equal(t, 3, d.Status)
	assert.Contains(t, d.Login.Text, "offers no login")
}
