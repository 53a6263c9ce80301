// SPDX-License-Identifier: MIT

package hostile

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"csmtp/smtp"
	"csmtp/smtp/message"
	"csmtp/smtp/smtptest"
	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The caller is allowed to overwrite and free the memory of arguments as soon as a call
// returns.
func TestArgumentsAreCopied(t *testing.T) {
	server, err := smtptest.NewMailServer(smtptest.MailOptions{})
	require.NoError(t, err)
	defer server.Close()
	lib := hosttest.Library(t)
	execute(t, time.Minute, nil, compile(t, lib, "copied", "hosts/copied.c", sanitizers...), strconv.Itoa(server.Port()))
	require.NoError(t, server.WaitIdle(1, 20*time.Second))
	mail := string(server.Mails()[0].Data)
	assert.NotContains(t, mail, "#")
	assert.Contains(t, mail, "Subject: the subject")
	assert.Contains(t, mail, "the line")
}

// acceptsOneMail returns the script of a server that offers extensions and accepts
// one mail.
func acceptsOneMail(extensions string) []byte {
	ok := "250 ok\r\n" + pause
	return []byte("220 hi\r\n" + pause + extensions + "250 HELP\r\n" + pause + ok + ok + ok + "354 go\r\n" + pause + ok + "221 bye\r\n")
}

// TestSmuggling sends texts with octet sequences that some servers take for the end of a
// message. Every line end that is sent must be CRLF, and one complete message must
// arrive, regardless of how the text is divided into writes. With BDAT, the client must
// refuse a message with bare CR or LF.
func TestSmuggling(t *testing.T) {
	const before, after = "Subject: x\r\n\r\none", "MAIL FROM:<evil@test.example>\r\n"
	for _, end := range []string{"\n.\n", "\r.\r", "\r\n.\n", "\n.\r\n", "\r\n.\r", "\r.\r\n", "\n\n.\r\n", "\r\n.\r\n", "\r\n.\r\r\n"} {
		want := before + strings.NewReplacer("\r\n", "\r\n", "\r", "\r\n", "\n", "\r\n").Replace(end) + after
		for cut := 0; cut <= len(end); cut++ {
			for _, chunking := range []bool{false, true} {
				t.Run(fmt.Sprintf("%q cut at %d, chunking %v", end, cut, chunking), func(t *testing.T) {
					server, err := smtptest.NewMailServer(smtptest.MailOptions{})
					require.NoError(t, err)
					defer server.Close()
					client, err := smtp.Dial(t.Context(), &smtp.Config{Servers: []smtp.Server{{Host: "127.0.0.1", Port: server.Port()}}})
					require.NoError(t, err)
					defer client.Close()
					envelope := &smtp.Envelope{From: "a@test.example", Recipients: []smtp.Recipient{{Address: "b@test.example"}}, Chunking: chunking}
					_, err = client.Send(envelope, pieces{before + end[:cut], end[cut:] + after})
					if chunking && want != before+end+after {
						// BDAT sends the octets unchanged, so the client refuses bare CR
						// and LF.
						var e *smtp.Error
						require.ErrorAs(t, err, &e)
						assert.Equal(t, smtp.KindLocal, e.Kind)
						d := client.SendBatch([]smtp.Mail{{Envelope: envelope, Message: literal(before + end + after)}})
						assert.ErrorAs(t, d[0].Err, &e)
						assert.Equal(t, smtp.KindLocal, e.Kind)
						assert.Empty(t, server.Mails())
					} else if assert.NoError(t, err) {
						require.NoError(t, client.Quit())
						require.NoError(t, server.WaitIdle(1, 20*time.Second))
						require.Len(t, server.Mails(), 1)
						assert.Equal(t, want, string(server.Mails()[0].Data))
					}
					client.Close()
					for _, record := range server.Sessions() {
						assert.LessOrEqual(t, record.Transactions, 1)
						assert.Empty(t, record.Violations)
					}
				})
			}
		}
	}
}

// pieces is a message that is written in several writes.
type pieces []string

func (p pieces) WriteTo(w io.Writer) (n int64, err error) {
	for _, s := range p {
		var part int
		part, err = io.WriteString(w, s)
		if n += int64(part); err != nil {
			break
		}
	}
	return n, err
}

func (p pieces) Size() int64 { return -1 }

// A reply to EHLO with 100,000 keywords is refused, and uses only a limited amount of
// memory.
func TestHugeEHLO(t *testing.T) {
	var keywords strings.Builder
	for i := range 100_000 {
		keywords.WriteString("250-X" + strconv.Itoa(i) + "\r\n")
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s := meet(t, rules{script: acceptsOneMail(keywords.String()), step: 64 << 10, settings: 4})
	runtime.ReadMemStats(&after)
	s.check(t)
	require.Error(t, s.err)
	assert.NotRegexp(t, `(?m)^MAIL`, string(s.heard))
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(16<<20))
}

// A body that contains the boundaries of earlier renderings gets a new boundary.
func TestBoundaryInTheBody(t *testing.T) {
	build := func(body string) []byte {
		m := message.Message{From: []message.Address{{Mail: "a@test.example"}}, To: []message.Address{{Mail: "b@test.example"}},
			Lines: []string{body}, HTML: "<p>" + body + "</p>", Attachments: []message.Attachment{{Name: "a.txt", Data: []byte(body)}}}
		r, err := m.Render(message.Options{})
		require.NoError(t, err)
		var out bytes.Buffer
		_, err = r.WriteTo(&out)
		require.NoError(t, err)
		return out.Bytes()
	}
	body := "text"
	for range 20 {
		text := build(body)
		for rest := text; ; {
			_, after, found := bytes.Cut(rest, []byte("boundary="))
			if !found {
				break
			}
			line, _, _ := bytes.Cut(after, []byte("\r\n"))
			boundary := strings.Trim(string(line), "\"; ")
			require.NotContains(t, body, boundary)
			body += "\r\n--" + boundary + "--\r\n"
			rest = after
		}
	}
}
