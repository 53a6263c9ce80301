// SPDX-License-Identifier: MIT

package hostile

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"csmtp/smtp"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// FuzzServer lets the fuzzer choose what the server does: its replies, EHLO lines and
// challenges, when they are sent and how they are divided into writes, where TLS
// begins, and which certificate is used.
func FuzzServer(f *testing.F) {
	for _, script := range seeds(f) {
		for _, settings := range []byte{0, 1, 2, 3, noLoginInClear, useToken, oneMechanism + 1<<mechanismShift} {
			f.Add(script, byte(7), settings, byte(0))
		}
	}
	for _, script := range tlsSeeds() {
		for shows := range byte(8) {
			f.Add(script, byte(100), byte(1), shows)
			f.Add(script, byte(20), byte(2+oneMechanism+3<<mechanismShift), shows)
		}
	}
	f.Fuzz(func(t *testing.T, script []byte, step, settings, shows byte) {
		if len(script) > 64<<10 || bytes.Count(script, []byte(pause)) > 64 {
			return
		}
		if len(script) > 4<<10 && step < 100 {
			step = 100
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		begun := time.Now()
		meet(t, rules{script: script, step: int(step) + 1, settings: settings, shows: shows}).check(t)
		if took := time.Since(begun); took > time.Minute {
			t.Fatalf("took %s", took)
		}
		runtime.ReadMemStats(&after)
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 64<<20 {
			t.Fatalf("allocated %d octets", grown)
		}
	})
}

func hello(extensions string) string { return "250-hi\r\n" + extensions + "250 SIZE\r\n" + pause }

// transaction returns the replies to the commands that send a mail to two recipients, and the
// reply to QUIT.
func transaction() string {
	ok := "250 ok\r\n" + pause
	return ok + ok + ok + "354 go\r\n" + pause + ok + "221 bye\r\n"
}

const toScram = "334 \r\n" + pause + "334 " + scramFirst + "\r\n" + pause

// logins maps each AUTH parameter of EHLO to the replies that a correct server
// sends during the login.
var logins = map[string]string{
	"PLAIN":                            "235 in\r\n",
	"LOGIN":                            "334 VXNlcm5hbWU6\r\n" + pause + "334 UGFzc3dvcmQ6\r\n" + pause + "235 in\r\n",
	"CRAM-MD5":                         "334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2U+\r\n" + pause + "235 in\r\n",
	"DIGEST-MD5":                       "334 cmVhbG09InRlc3QuZXhhbXBsZSIsbm9uY2U9Im4iLHFvcD0iYXV0aCIsYWxnb3JpdGhtPW1kNS1zZXNzLGNoYXJzZXQ9dXRmLTg=\r\n" + pause + "334 cnNwYXV0aD0wMA==\r\n" + pause,
	"SCRAM-SHA-1":                      "334 " + scramFirst + "\r\n" + pause + "334 " + scramFinal + "\r\n" + pause + "235 in\r\n",
	"SCRAM-SHA-256":                    "334 " + scramFirst + "\r\n" + pause + "334 " + scramFinal + "\r\n" + pause + "235 in\r\n",
	"SCRAM-SHA-512":                    "334 " + scramFirst + "\r\n" + pause + "334 " + scramFinal + "\r\n" + pause + "235 in\r\n",
	"SCRAM-SHA-256-PLUS SCRAM-SHA-256": "334 " + scramFirst + "\r\n" + pause + "334 " + scramFinal + "\r\n" + pause + "235 in\r\n",
	"XOAUTH2":                          "334 eyJzdGF0dXMiOiI0MDAifQ==\r\n" + pause + "535 no\r\n",
	"OAUTHBEARER":                      "334 eyJzdGF0dXMiOiI0MDAifQ==\r\n" + pause + "535 no\r\n",
	"EXTERNAL":                         "235 in\r\n",
}

// tlsSeeds returns scripts of correct servers with STARTTLS: one without AUTH, and one for each
// entry of logins.
func tlsSeeds() [][]byte {
	all := [][]byte{[]byte("220 hi\r\n" + pause + hello("250-STARTTLS\r\n") + "220 go\r\n" + encrypt + pause + hello("") + transaction())}
	for name, replies := range logins {
		all = append(all, []byte("220 hi\r\n"+pause+hello("250-STARTTLS\r\n")+"220 go\r\n"+encrypt+pause+
			hello("250-AUTH "+name+"\r\n")+replies+pause+transaction()))
	}
	return all
}

// seeds returns scripts of correct servers without TLS, scripts of two faulty servers, and
// scripts that are made of the server's lines in some of the transcripts in smtp/testdata.
func seeds(t testing.TB) [][]byte {
	all := [][]byte{
		[]byte("220 hi\r\n" + pause + hello("") + transaction()),
		[]byte("220 hi\r\n" + pause + hello("250-PIPELINING\r\n") + "250 a\r\n250 b\r\n250 c\r\n" + pause + "354 d\r\n" + pause + "250 ok\r\n" + pause + "221 bye\r\n"),
		[]byte("220 hi\r\n" + pause + hello("250-STARTTLS\r\n") + "220 go\r\n250 AUTH PLAIN\r\n" + pause),
		[]byte("220 hi\r\n" + pause + hello("250-AUTH PLAIN LOGIN\r\n") + "334 \r\n" + pause + toScram),
	}
	for name, replies := range logins {
		all = append(all, []byte("220 hi\r\n"+pause+hello("250-AUTH "+name+"\r\n")+replies+pause+transaction()))
	}
	paths, err := filepath.Glob("../../smtp/testdata/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for i, path := range paths {
		if i%15 != 0 { // most transcripts differ only in the lines that they expect from the client
			continue
		}
		file, err := os.Open(path)
		require.NoError(t, err)
		var said strings.Builder
		for lines := bufio.NewScanner(file); lines.Scan(); {
			line := lines.Text()
			if reply, found := strings.CutPrefix(line, "S: "); found {
				said.WriteString(reply + "\r\n")
			} else if strings.HasPrefix(line, "C") && said.Len() > 0 {
				said.WriteString(pause)
			} else if line == "* starttls" {
				said.WriteString(encrypt)
			}
		}
		file.Close()
		all = append(all, []byte(said.String()))
	}
	return all
}

// The seeds of the fuzzer include sessions in which the mail is accepted.
func TestSeedSessionsSucceed(t *testing.T) {
	for name, replies := range logins {
		for settings, security := range map[byte]string{0: "in clear", 1: "STARTTLS", 3: "TLS"} {
			if strings.Contains(name, "PLUS") && settings == 0 || strings.HasSuffix(replies, pause+"535 no\r\n") || name == "EXTERNAL" || name == "DIGEST-MD5" {
				continue // the login cannot succeed: no channel binding, refused by the script, no client certificate, or no valid rspauth
			}
			script := "220 hi\r\n" + pause + hello("250-AUTH "+name+"\r\n") + replies + pause + transaction()
			if settings == 1 {
				script = "220 hi\r\n" + pause + hello("250-STARTTLS\r\n") + "220 go\r\n" + encrypt + pause +
					hello("250-AUTH "+name+"\r\n") + replies + pause + transaction()
			}
			s := meet(t, rules{script: []byte(script), step: 1000, settings: settings, patient: true})
			s.check(t)
			assert.NoError(t, s.err, "%s %s", name, security)
			assert.Equal(t, smtp.Accepted, s.result.Outcome)
		}
	}
}
