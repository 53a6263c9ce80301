// SPDX-License-Identifier: MIT

package mailer

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"

	"csmtp/smtp"

	"github.com/stretchr/testify/require"
)

// The servers in a list fail at random, at any step. A mail is never delivered twice to a
// recipient, all copies of a mail have the same Message-ID, and the result for each
// recipient says what happened. The environment variable CSMTP_SEED selects a single round,
// and CSMTP_ROUNDS sets the number of rounds.
func TestNoServerGetsAMailTwice(t *testing.T) {
	first, rounds := uint64(1), 400
	if n, err := strconv.ParseUint(os.Getenv("CSMTP_SEED"), 10, 64); err == nil {
		first, rounds = n, 1
	}
	if n, err := strconv.Atoi(os.Getenv("CSMTP_ROUNDS")); err == nil {
		rounds = n
	}
	outcomes := map[smtp.Outcome]int{}
	elsewhere := 0
	for seed := first; seed < first+uint64(rounds); seed++ {
		r := newRound(t, seed)
		r.play()
		if problem := r.problem(); problem != "" {
			t.Fatalf("CSMTP_SEED=%d: %s\n%s", seed, problem, strings.Join(r.world.log, "\n"))
		}
		for i := range r.results {
			outcomes[r.results[i].Outcome]++
		}
		used := 0
		for _, f := range r.servers {
			used += min(f.accepted(), 1)
		}
		elsewhere += max(used-1, 0)
	}
	t.Log(outcomes, elsewhere)
	if rounds >= 400 {
		for o := smtp.NotSent; o <= smtp.InDoubt; o++ {
			require.NotZero(t, outcomes[o], "no mail was %v", o)
		}
		require.NotZero(t, elsewhere)
	}
}

// round sends several mails to a list of flaky servers.
type round struct {
	t         *testing.T
	rnd       *rand.Rand
	world     *world
	servers   []*flaky
	listeners []net.Listener
	handles   []uintptr // if a batch is sent, the first handle sends it
	mails     []string
	rcpts     [][]string
	results   []smtp.Result
	numbers   []Number
	events    tally
	complete  bool // whether each mail must arrive, because the servers have limits but no faults
}

func newRound(t *testing.T, seed uint64) *round {
	rnd := rand.New(rand.NewPCG(seed, 19))
	one := func(in int) bool { return rnd.IntN(in) == 0 }
	pick := func(list ...string) string { return list[rnd.IntN(len(list))] }
	r := &round{t: t, rnd: rnd, world: &world{delivered: map[string]int{}, ids: map[string]map[string]bool{}}}
	known.Forget()
	var list []string
	silent, faultless := one(20), one(5)
	for i := range 1 + rnd.IntN(3) {
		f := &flaky{world: r.world, name: string(rune('A' + i)), rnd: rand.New(rand.NewPCG(seed, uint64(i))), silent: silent}
		f.oneIn = []int{0, 4, 8, 15, 30}[rnd.IntN(5)]
		if faultless {
			f.oneIn = 0
		}
		for _, x := range []string{"PIPELINING", "CHUNKING", "SIZE 1000000"} {
			if !one(3) {
				f.extensions = append(f.extensions, x)
			}
		}
		if one(6) {
			f.extensions = append(f.extensions, pick("LIMITS RCPTMAX=2", "LIMITS MAILMAX=2", "LIMITS RCPTMAX=1 MAILMAX=3"))
		}
		if one(3) {
			f.rcptLimit = 1 + rnd.IntN(3)
			f.rcptReply = pick("452 4.5.3 Too many recipients", "452 too many recipients", "552 too many recipients", "451 4.5.3 Too many recipients")
		}
		if one(3) {
			f.mailLimit = 1 + rnd.IntN(3)
			f.mailReply = pick("452 4.5.3 Too many messages in this session", "451 too many messages in this connection",
				"421 4.7.0 Too many messages in this session")
		}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		go f.serve(l)
		r.servers, r.listeners = append(r.servers, f), append(r.listeners, l)
		list = append(list, l.Addr().String())
	}
	n := 1 + rnd.IntN(6)
	r.complete = faultless
	partial, chunking, pause := !one(3), rnd.IntN(2), uint32(rnd.IntN(2)*60)
	for i := range n + 1 {
		h := New()
		t.Cleanup(func() { Free(h) })
		r.handles = append(r.handles, h)
		name := fmt.Sprintf("m%d", i)
		var rcpts []string
		set := func(m *Mailer) error {
			_ = m.SetSMTPServer(strings.Join(list, ","), 0, false)
			_ = m.SetServerPause(pause)
			_ = m.SetChunking(chunking)
			_ = m.SetPartialDelivery(partial)
			_ = m.SetSenderMail(name + "@test.example")
			_ = m.SetSubject(name)
			if silent {
				for step := timeoutConnect; step < timeoutTotal; step++ {
					_ = m.SetTimeout(step, 400)
				}
			}
			return m.AddMsgLine("Hello.")
		}
		mustCall(t, h, set)
		r.events.listen(t, h)
		most := 6
		if faultless && !partial {
			most = 1 // a server may accept only one recipient in each transaction
		}
		for j := range 1 + rnd.IntN(most) {
			to := fmt.Sprintf("%s.%d@test.example", name, j)
			rcpts = append(rcpts, to)
			mustCall(t, h, func(m *Mailer) error { return m.AddRecipient(to, "") })
		}
		if i > 0 {
			r.mails, r.rcpts = append(r.mails, name), append(r.rcpts, rcpts)
		}
	}
	return r
}

// play sends the mails, and waits until the servers have seen the ends of all sessions.
func (r *round) play() {
	defer func() {
		for _, h := range r.handles {
			Free(h)
		}
		for _, l := range r.listeners {
			l.Close()
		}
		r.world.settle(r.t)
	}()
	carrier := r.handles[0]
	connected := r.rnd.IntN(2) == 0
	batch := r.rnd.IntN(2) == 0
	if connected {
		connect := func(m *Mailer) error {
			return m.ConnectRemoteServer(m.settings.server, 0, doNotSet, false, "", "")
		}
		for _, h := range r.handles {
			if !batch || h == carrier {
				Call(h, connect)
			}
		}
	}
	keep := func(h uintptr, n Number) {
		m := Lookup(h)
		r.results, r.numbers = append(r.results, m.result), append(r.numbers, n)
	}
	if batch {
		numbers := make([]Number, len(r.mails))
		SendBatch(carrier, r.handles[1:], numbers)
		for i, h := range r.handles[1:] {
			keep(h, numbers[i])
		}
		return
	}
	for _, h := range r.handles[1:] {
		keep(h, Call(h, (*Mailer).Send))
	}
}

// problem returns the first contradiction between the reported results and what happened.
// It returns "" if there is none.
func (r *round) problem() string {
	w := r.world
	if problem := r.events.problem(len(r.mails)); problem != "" {
		return problem
	}
	sessions := 0
	for _, f := range r.servers {
		sessions += f.accepted()
	}
	if n := r.events.counts[eventConnected]; n != sessions {
		return fmt.Sprintf("the events report %d connections, and the servers had %d", n, sessions)
	}
	outcomes := map[int]int{}
	for _, e := range r.events.all {
		if e.Kind >= eventSent && e.Kind <= eventFailed {
			outcomes[e.Outcome]++
		}
	}
	for i := range r.results {
		outcomes[int(r.results[i].Outcome)]--
	}
	for o, n := range outcomes {
		if n != 0 {
			return fmt.Sprintf("the events report %d mails too many that are %v", n, smtp.Outcome(o))
		}
	}
	for key, n := range w.delivered {
		if n > 1 {
			return fmt.Sprintf("%s was delivered %d times", key, n)
		}
	}
	for name, ids := range w.ids {
		if len(ids) != 1 {
			return fmt.Sprintf("%s was delivered with the Message-IDs %v", name, ids)
		}
	}
	for i, name := range r.mails {
		res := &r.results[i]
		good, bad := 0, 0
		for j, row := range res.Recipients {
			n := w.delivered[name+" "+r.rcpts[i][j]]
			if row.Accepted {
				good++
			} else {
				bad++
			}
			switch {
			case row.Address != r.rcpts[i][j]:
				return fmt.Sprintf("%s: row %d is for %s", name, j, row.Address)
			case row.Accepted && n == 0:
				return fmt.Sprintf("%s was reported as accepted for %s, and was not delivered", name, row.Address)
			case !row.Accepted && n > 0 && res.Outcome != smtp.InDoubt:
				return fmt.Sprintf("%s is %v, and was delivered to %s", name, res.Outcome, row.Address)
			}
		}
		if r.complete && (res.Outcome != smtp.Accepted || r.numbers[i] != NoError) {
			return fmt.Sprintf("%s is %v with number %d, although the servers have only limits", name, res.Outcome, r.numbers[i])
		}
		agree := true
		switch res.Outcome {
		case smtp.Accepted:
			agree = bad == 0 && r.numbers[i] == NoError
		case smtp.Partial:
			agree = good > 0 && bad > 0
		case smtp.InDoubt:
			agree = w.mayDoubt && r.numbers[i] != NoError
		default:
			agree = good == 0 && r.numbers[i] != NoError
		}
		if !agree {
			return fmt.Sprintf("%s is %v with number %d: %d accepted, %d not", name, res.Outcome, r.numbers[i], good, bad)
		}
	}
	return ""
}
