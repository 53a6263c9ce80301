// SPDX-License-Identifier: MIT

package smtp

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// judge is a server whose replies depend on the addresses. An address can begin with a letter
// and a reply code. With the letter r, as in "r550.3@x", judge refuses the address at MAIL
// or RCPT with this code. With the letter e, as in "e452.3@x", it accepts the address
// there. At the end of data, it then replies with this code: with LMTP for each such
// recipient, otherwise only if the recipient is the first that was accepted.
type judge struct {
	lmtp       bool
	extensions []string
}

func (j *judge) pipelining() bool { return slices.Contains(j.extensions, "PIPELINING") }

func verdict(address string, letter byte) string {
	if address[0] != letter {
		return ""
	}
	return fmt.Sprintf("%s %c.1.%d by %s", address[1:4], address[1], int(letter), address)
}

func (j *judge) talk(c net.Conn) {
	in := bufio.NewReader(c)
	var accepted []string
	begun := false
	say := func(line string) { io.WriteString(c, line+"\r\n") }
	orOK := func(line string) string {
		if line == "" {
			return "250 2.0.0 OK"
		}
		return line
	}
	end := func() {
		rows := accepted
		if !j.lmtp {
			rows = accepted[:1]
		}
		for _, a := range rows {
			say(orOK(verdict(a, 'e')))
		}
		accepted = nil
	}
	say("220 judge")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSuffix(line, "\r\n")
		_, rest, _ := strings.Cut(line, "<")
		address, _, _ := strings.Cut(rest, ">")
		verb, _, _ := strings.Cut(line, " ")
		switch verb {
		case "EHLO", "LHLO":
			say("250-judge\r\n250-" + strings.Join(append(j.extensions, "ENHANCEDSTATUSCODES"), "\r\n250-") + "\r\n250 HELP")
		case "MAIL":
			accepted = nil
			refused := verdict(address, 'r')
			begun = refused == ""
			say(orOK(refused))
		case "RCPT":
			refused := verdict(address, 'r')
			if !begun {
				refused = "503 5.5.1 MAIL first"
			}
			if refused == "" {
				accepted = append(accepted, address)
			}
			say(orOK(refused))
		case "DATA":
			if len(accepted) == 0 {
				say("503 5.5.1 Nobody to send to")
				continue
			}
			say("354 go")
			for line != ".\r\n" {
				if line, err = in.ReadString('\n'); err != nil {
					return
				}
			}
			end()
		case "BDAT":
			var size int
			fmt.Sscanf(line, "BDAT %d", &size)
			io.CopyN(io.Discard, in, int64(size))
			if len(accepted) == 0 {
				say("503 5.5.1 Nobody to send to")
				continue
			}
			end()
		case "QUIT":
			say("221 bye")
			return
		default:
			accepted = nil
			say("250 2.0.0 OK")
		}
	}
}

// randomEnvelope returns an envelope with a random sender and random recipients. The server
// accepts some of these addresses and refuses others.
func randomEnvelope(r *rand.Rand, partial bool) *Envelope {
	env := envelopeTo()
	env.From, env.Partial = "sender@x.example", partial
	if r.IntN(8) == 0 {
		env.From = "r" + []string{"451", "550"}[r.IntN(2)] + ".0@x.example"
	}
	kinds := [][]string{{"ok"}, {"r450", "r550"}, {"r450", "r550", "ok"}, {"e451", "e554"}, {"r450", "e554"}, {"r550", "e451"}, {"r451", "r452", "r550", "r553", "e452", "e554", "ok"}}
	of := kinds[r.IntN(len(kinds))]
	for i := range 1 + r.IntN(5) {
		env.Recipients = append(env.Recipients, Recipient{Address: fmt.Sprintf("%s.%d@x.example", of[r.IntN(len(of))], i)})
	}
	return env
}

// expected computes the result of a mail from its addresses: the refusal that decides the
// outcome ("" for none), and the number of recipients for which the server accepts the
// mail. A transaction can have 'limit' recipients.
func (j *judge) expected(env *Envelope, limit int) (refusal string, delivered int) {
	lmtp := j.lmtp
	if e := verdict(env.From, 'r'); e != "" {
		return e, 0
	}
	var all []string
	for from := 0; from < len(env.Recipients); from += limit {
		rows := env.Recipients[from:min(from+limit, len(env.Recipients))]
		dot, good, bad := "", false, false
		for _, row := range rows {
			refused := verdict(row.Address, 'r') != ""
			if !refused && !good {
				dot, good = verdict(row.Address, 'e'), true
			}
			bad = bad || refused
		}
		for _, row := range rows {
			v := verdict(row.Address, 'r')
			switch {
			case !j.pipelining() && !env.Partial && len(all) > 0:
				continue // no RCPT was sent: without PIPELINING, the first refusal ends the transaction
			case v != "":
			case bad && !env.Partial:
				continue // not sent, because another recipient was refused
			case lmtp:
				v = verdict(row.Address, 'e')
			default:
				v = dot
			}
			if v == "" {
				delivered++
			} else {
				all = append(all, v)
			}
		}
	}
	for _, class := range "54" {
		for _, v := range all {
			if rune(v[0]) == class {
				return v, delivered
			}
		}
	}
	return "", delivered
}

// agree checks that the error, the outcome, the code and the text of a mail come from the
// expected refusal.
func (j *judge) agree(t *testing.T, env *Envelope, limit int, res Result, err error, what string) {
	refusal, delivered := j.expected(env, limit)
	var e *Error
	errors.As(err, &e)
	switch {
	case delivered == len(env.Recipients):
		require.NoError(t, err, what)
		assert.Equal(t, Accepted, res.Outcome, what)
	case delivered > 0:
		assert.Equal(t, Partial, res.Outcome, what)
		require.Equal(t, env.Partial, err == nil, "%s: %v", what, err)
	default:
		require.NotNil(t, e, what)
		require.NotNil(t, e.Reply, "%s: %v", what, e)
		assert.Equal(t, KindRefused, e.Kind, what)
		assert.Equal(t, refusal, e.Reply.String(), what)
		assert.Equal(t, rejected(e.Reply), res.Outcome, what)
		assert.Equal(t, e.Reply.Temporary(), res.SafeToRetry(err), what)
	}
	if err == nil {
		require.NotNil(t, res.Reply, what)
		assert.True(t, res.Reply.positive(), "%s: %v", what, res.Reply)
		return
	}
	assert.Equal(t, refusal, e.Reply.String(), what)
	assert.Contains(t, e.Error(), e.Reply.String(), what)
	assert.Equal(t, e.Reply.Code/100, e.Reply.Enhanced[0], what)
	if res.Reply != nil && delivered == 0 {
		assert.Equal(t, e.Reply.String(), res.Reply.String(), what)
	}
}

// Outcome, code, enhanced code and text of a mail come from one reply: the first permanent
// refusal in the order of the recipients, else the first temporary one. The reply is the same
// with Send and SendBatch, no matter how the recipients are divided into transactions.
func TestResultComesFromOneReply(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 12))
		limit, partial, lmtp, chunking := 100, r.IntN(2) == 0, r.IntN(4) == 0, r.IntN(3) == 0
		var extensions []string
		if r.IntN(3) > 0 {
			extensions = append(extensions, "PIPELINING")
		}
		if chunking {
			extensions = append(extensions, "CHUNKING")
		}
		if partial && r.IntN(2) == 0 {
			limit = 1 + r.IntN(3)
			extensions = append(extensions, fmt.Sprintf("LIMITS RCPTMAX=%d", limit))
		}
		j := &judge{lmtp, extensions}
		t.Run(fmt.Sprintf("%d %v partial=%v lmtp=%v", seed, extensions, partial, lmtp), func(t *testing.T) {
			t.Parallel()
			cfg := &Config{Servers: []Server{serve(t, j.talk)}, LMTP: lmtp, Timeouts: allOf(20 * time.Second)}
			var mails []Mail
			for range 12 {
				env := randomEnvelope(r, partial)
				env.Chunking = chunking
				mails = append(mails, Mail{env, hello})
			}
			s, err := Dial(context.Background(), cfg)
			require.NoError(t, err)
			for i, m := range mails {
				res, err := s.Send(m.Envelope, m.Message)
				j.agree(t, m.Envelope, limit, res, err, fmt.Sprintf("mail %d, %v", i, m.Envelope.Recipients))
			}
			require.NoError(t, s.Quit())
			s, err = Dial(context.Background(), cfg)
			require.NoError(t, err)
			for i, d := range s.SendBatch(mails) {
				j.agree(t, mails[i].Envelope, limit, d.Result, d.Err, fmt.Sprintf("mail %d of the batch, %v", i, mails[i].Envelope.Recipients))
			}
			require.NoError(t, s.Quit())
			// If the recipients are in another order, the outcome is the same, although
			// the text of the reply may differ.
			s, err = Dial(context.Background(), cfg)
			require.NoError(t, err)
			for i, m := range mails {
				before, _ := s.Send(m.Envelope, m.Message)
				rows := m.Envelope.Recipients
				r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
				after, _ := s.Send(m.Envelope, m.Message)
				asked := partial || j.pipelining()
				if asked && (lmtp || limit == 1 || !strings.Contains(fmt.Sprint(rows), "{e")) {
					assert.Equal(t, before.Outcome, after.Outcome, "mail %d, %v", i, rows)
				}
			}
			require.NoError(t, s.Quit())
		})
	}
}
