// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"crypto/tls"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"csmtp/smtp/smtptest"
	"csmtp/smtp/smtptest/certs"

	"github.com/stretchr/testify/require"
)

// TestRepliesInDisorder sends mails to servers that add, drop, split, merge and reorder
// replies, and compares every result with the server's log:
//
//   - a mail that is reported as accepted was delivered once, to the reported recipients;
//   - a mail that is reported as refused or not sent was not delivered;
//   - no mail was delivered twice, or to another mail's recipient;
//   - a mail is in doubt only in a session whose replies were changed.
//
// The test omits faults that no client can detect. For this reason, an added reply is sent
// in one write with the replies around it and is never a 421; a session has either added or
// missing replies, not both; and the reply to a message is swapped only if that can be
// detected. If two replies are swapped, only the number of recipients must be correct, not
// their names.
//
// The environment variable CSMTP_REPLIES sets the number of mails; CSMTP_SEED selects a
// single session.
func TestRepliesInDisorder(t *testing.T) {
	mails, workers := int64(2000), 24
	if n, err := strconv.Atoi(os.Getenv("CSMTP_REPLIES")); err == nil {
		mails = int64(n)
	}
	first, only := uint64(1), false
	if n, err := strconv.ParseUint(os.Getenv("CSMTP_SEED"), 10, 64); err == nil {
		first, only, workers = n, true, 1
	}
	var seed, sent atomic.Uint64
	seed.Store(first)
	var wg sync.WaitGroup
	failure := make(chan string, workers)
	var counts [InDoubt + 1]atomic.Int64
	for range workers {
		wg.Go(func() {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				failure <- err.Error()
				return
			}
			defer l.Close()
			for int64(sent.Load()) < mails && len(failure) == 0 {
				c := newDisorderly(seed.Add(1)-1, l)
				c.play()
				sent.Add(uint64(len(c.mails)))
				for i := range c.out {
					counts[c.out[i].Outcome].Add(1)
				}
				if problem := c.problem(); problem != "" {
					failure <- c.report(problem)
					return
				}
				if only {
					t.Log(c.report("no disagreement"))
					return
				}
			}
		})
	}
	wg.Wait()
	select {
	case text := <-failure:
		t.Fatal(text)
	default:
	}
	for o := range counts {
		t.Logf("%v: %d", Outcome(o), counts[o].Load())
		require.True(t, only || counts[o].Load() > 0, "no mail was %v", Outcome(o))
	}
}

// disorderly is one session with a server of type disorder.
type disorderly struct {
	seed   uint64
	rnd    *rand.Rand
	server *disorder
	listen net.Listener
	cfg    *Config
	how    string // Send, SendLast, SendBatch or SendBatchLast
	tls    bool
	mails  []Mail
	out    []Delivery // the results of the mails that were tried
	trace  []string
}

func newDisorderly(seed uint64, l net.Listener) *disorderly {
	rnd := rand.New(rand.NewPCG(seed, 12))
	one := func(in int) bool { return rnd.IntN(in) == 0 }
	c := &disorderly{seed: seed, rnd: rnd, listen: l}
	x := &disorder{rnd: rand.New(rand.NewPCG(seed, 34)), faults: map[int]string{},
		lmtp: one(5), pipelining: !one(3), chunking: !one(3), each: one(2), deafAfterRSET: one(20), lenient: one(3)}
	c.server, c.tls = x, one(30)
	if one(3) {
		x.limit = 1 + rnd.IntN(2)
	}
	c.how = []string{"Send", "SendLast", "SendBatch", "SendBatchLast"}[rnd.IntN(4)]
	n := 1
	if c.how != "SendLast" {
		n += rnd.IntN(5)
	}
	chunking := x.chunking && !one(3)
	for i := range n {
		env := envelopeTo()
		env.From, env.Partial, env.Chunking = fmt.Sprintf("s%d@a.example", i), one(2), chunking && !one(6)
		for j := range 1 + rnd.IntN(3) {
			env.Recipients = append(env.Recipients, Recipient{Address: fmt.Sprintf("m%d.%d@b.example", i, j)})
		}
		c.mails = append(c.mails, Mail{env, text(fmt.Sprintf("Subject: m%d\r\n\r\n", i) + c.filler())})
	}
	c.spoil(n)
	return c
}

// filler returns the rest of a message: usually short, and sometimes so long that the
// client watches for an early reply or sends several chunks.
func (c *disorderly) filler() string {
	size := c.rnd.IntN(300)
	switch c.rnd.IntN(12) {
	case 0:
		size = 60<<10 + c.rnd.IntN(10<<10)
	case 1:
		size = c.rnd.IntN(300 << 10)
	}
	return strings.Repeat("..A line that begins with dots.\r\n", 1+size/33)
}

// spoil chooses which replies are changed, and how, and sets c.cfg. The parameter mails is
// the number of mails.
func (c *disorderly) spoil(mails int) {
	x := c.server
	number := []int{0, 1, 1, 1, 1, 1, 2, 3}[c.rnd.IntN(8)]
	odd := []string{"add", "drop", "reorder"}[c.rnd.IntN(3)]
	for range number {
		kind := odd
		if c.rnd.IntN(3) == 0 {
			kind = []string{"split", "merge"}[c.rnd.IntN(2)]
			if odd == "add" {
				kind = "merge"
			}
		}
		if kind == "add" {
			kind += " " + []string{"250 2.0.0 Ok", "250 2.1.5 Ok", "250-Two\r\n250 lines", "550 5.7.1 No", "451 4.3.0 Not now",
				"354 Go on", "221 2.0.0 Bye", "220 Hello", "200 What"}[c.rnd.IntN(9)]
		}
		x.faults[c.rnd.IntN(3+5*mails)] = kind
	}
	c.cfg = &Config{LocalName: "c.example", LMTP: x.lmtp, Timeouts: allOf(30 * time.Second), OnThread: c.rnd.IntN(2) == 0}
	for _, f := range x.faults {
		switch {
		case f == "drop":
			c.cfg.Timeouts = allOf(250 * time.Millisecond)
		case strings.HasPrefix(f, "add"):
			x.each, x.patient = false, x.pipelining
		}
	}
	c.cfg.Servers = []Server{{Host: "127.0.0.1", Port: c.listen.Addr().(*net.TCPAddr).Port}}
	if c.tls {
		c.cfg.Security = ImplicitTLS
		c.cfg.TLS.RootCAs = smtptest.Authority().Pool()
	}
	c.cfg.Trace = func(d Direction, line string) { c.trace = append(c.trace, fmt.Sprint(d, " ", line)) }
}

var disorderCertificate = sync.OnceValue(func() tls.Certificate { return smtptest.Authority().Issue(certs.Good) })

// play runs the session, and returns when the server has read everything.
func (c *disorderly) play() {
	over := make(chan struct{})
	go func() {
		defer close(over)
		conn, err := c.listen.Accept()
		if err != nil {
			c.server.note("%v", err)
			return
		}
		if c.tls {
			conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{disorderCertificate()}})
		}
		c.server.serve(conn)
	}()
	defer func() { <-over }()
	s, err := Dial(context.Background(), c.cfg)
	if err != nil {
		c.trace = append(c.trace, err.Error())
		return
	}
	defer s.Close()
	switch c.how {
	case "SendBatch":
		c.out = s.SendBatch(c.mails)
	case "SendBatchLast":
		c.out = s.SendBatchLast(c.mails)
	default:
		send := s.Send
		if c.how == "SendLast" {
			send = s.SendLast
		}
		for _, m := range c.mails {
			if !s.Usable() {
				break
			}
			res, err := send(m.Envelope, m.Message)
			c.out = append(c.out, Delivery{res, err})
		}
	}
	_ = s.Quit()
}

// problem returns the first result that contradicts the server's log, or "".
func (c *disorderly) problem() string {
	x := c.server
	for id, all := range x.accepted {
		if len(all) != 1 && x.limit == 0 {
			return fmt.Sprintf("%q was delivered %d times", id, len(all))
		}
		seen := map[string]bool{}
		for _, to := range slices.Concat(all...) {
			if id == "" || !strings.HasPrefix(to, id+".") || seen[to] {
				return fmt.Sprintf("%q was delivered to %s", id, to)
			}
			seen[to] = true
		}
	}
	for i := range c.out {
		d := &c.out[i]
		id := fmt.Sprintf("m%d", i)
		var truth []string
		if all := x.accepted[id]; all != nil {
			truth = slices.Concat(all...)
			slices.Sort(truth) // the order differs if the mail was sent in several transactions
		}
		var rows []string
		for _, r := range d.Recipients {
			if r.Accepted {
				rows = append(rows, r.Address)
			}
		}
		agree := true
		switch d.Outcome {
		case InDoubt:
			agree = len(x.faults) > 0 // without faults, every reply belongs to its command
		case Accepted:
			agree = len(truth) == len(d.Recipients) && len(rows) == len(truth)
		case Partial:
			agree = len(truth) > 0 && len(truth) < len(d.Recipients) && len(rows) == len(truth)
		default:
			agree = len(truth) == 0 && len(rows) == 0
		}
		if agree && d.Outcome != InDoubt && !x.swapped {
			agree = slices.Equal(rows, truth)
		}
		if agree && d.Err == nil {
			agree = d.Outcome == Accepted || d.Outcome == Partial
		}
		if !agree {
			return fmt.Sprintf("%s is %v for %q (%v), and the server delivered it to %q", id, d.Outcome, rows, d.Err, truth)
		}
	}
	return ""
}

func (c *disorderly) report(problem string) string {
	x := c.server
	return fmt.Sprintf("%s\nCSMTP_SEED=%d: %s, LMTP %v, PIPELINING %v, CHUNKING %v, TLS %v, on thread %v, a write for each reply %v, faults %v\n"+
		"the server:\n%s\nthe client:\n%s", problem, c.seed, c.how, x.lmtp, x.pipelining, x.chunking, c.tls, c.cfg.OnThread, x.each,
		x.faults, strings.Join(x.log, "\n"), strings.Join(c.trace, "\n"))
}
