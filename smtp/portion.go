// SPDX-License-Identifier: MIT

package smtp

// portion contains the recipients to which a mail still has to be sent.
type portion struct {
	rcpts []Recipient
	rows  []RecipientResult
	index []int // the index of each recipient in the envelope; nil if rcpts contains all of them
}

// pending returns the recipients of the mail that have no final reply yet.
func (env *Envelope) pending(res *Result) portion {
	if env.Before == nil {
		return portion{env.Recipients, res.Recipients, nil}
	}
	index := make([]int, 0, len(env.Recipients))
	for i := range res.Recipients {
		row := &res.Recipients[i]
		if !row.Accepted && (!row.Reply.Permanent() || tooManyRecipients(row.Reply)) {
			index = append(index, i)
		}
	}
	return env.portion(res, index)
}

// portion returns the recipients with the given indices. It copies their elements of
// res.Recipients; the method store copies the elements back.
func (env *Envelope) portion(res *Result, index []int) portion {
	p := portion{make([]Recipient, len(index)), make([]RecipientResult, len(index)), index}
	for i, n := range index {
		p.rcpts[i], p.rows[i] = env.Recipients[n], res.Recipients[n]
	}
	return p
}

// The method at returns the index that the i-th recipient of p has in the envelope.
func (p *portion) at(i int) int {
	if p.index == nil {
		return i
	}
	return p.index[i]
}

// clear removes earlier replies from p.rows[from:to].
func (p *portion) clear(from, to int) {
	for i := from; i < to; i++ {
		p.rows[i] = RecipientResult{Address: p.rows[i].Address}
	}
}

// store copies p.rows[from:to] back to res.
func (p *portion) store(res *Result, from, to int) {
	if p.index == nil {
		return
	}
	for i := from; i < to; i++ {
		res.Recipients[p.index[i]] = p.rows[i]
	}
}

// overLimit reports whether the server accepted some recipients of the transaction, and
// then refused others because there were too many. If the mail is delivered and
// Envelope.Partial allows several transactions, it is sent to the refused recipients in a
// further transaction (RFC 5321, section 4.5.3.1.10). overLimit returns false if the server
// accepted a further recipient after it had refused one for this reason: if the replies are
// in the wrong order, a further transaction could deliver the mail twice.
func (t *transaction) overLimit() bool {
	return t.over > 0 && !t.recovered && t.accepted > 0 && t.refusedMAIL == nil && t.env.Partial
}

// remaining returns the indices of the recipients that need a further transaction.
func (t *transaction) remaining() []int {
	if !t.overLimit() || !t.delivered() || t.phase != phaseAnswered {
		return nil
	}
	var index []int
	for i := range t.rows {
		if !t.rows[i].Accepted && tooManyRecipients(t.rows[i].Reply) {
			index = append(index, i)
		}
	}
	return index
}

// unconfirmed lists the recipients to which earlier transactions delivered the mail, if
// the replies for them have not been confirmed yet (see verdicts).
type unconfirmed []int

// add adds the recipients to which t delivered the mail. If the server replied 354 in t,
// add first removes the recipients of earlier transactions, since the 354 has confirmed
// the replies for them.
func (u *unconfirmed) add(t *transaction, p *portion, from int) {
	if t.wentAhead {
		*u = (*u)[:0]
	}
	if !t.delivered() {
		return
	}
	for i := range t.rows {
		if t.rows[i].Accepted {
			*u = append(*u, p.at(from+i))
		}
	}
}

// takeBack is called when the replies in t did not match the commands. It marks the
// recipients in u as in doubt too, unless the reply 354 in t has confirmed the replies
// for them. It reports whether it has marked any recipient.
func (u *unconfirmed) takeBack(t *transaction, res *Result) bool {
	if t.wentAhead || len(*u) == 0 {
		return false
	}
	for _, i := range *u {
		res.Recipients[i].Accepted, res.Recipients[i].Reply = false, nil
	}
	res.Reply, res.QueueID = nil, ""
	*u = nil
	return true
}

// rest is called for a mail whose first transaction was sent together with other mails. It
// sends the mail to the recipients that need a further transaction, unless an error has
// ended the session or the batch. 'why' is this error, or nil.
func (g *group) rest(t *transaction, m *Mail, d *Delivery, why *Error) *Error {
	index := t.remaining()
	if len(index) == 0 {
		return nil
	}
	if why != nil || g.s.dead {
		e := g.s.notTried(why)
		d.Err = &e
		return &e
	}
	g.more, g.next = true, nil
	g.s.lowerLimit(t)
	g.s.startClock()
	g.s.verdicts.nextMails()
	next := g.transaction(m)
	next.size, next.utf8 = t.size, t.utf8
	answered, e := g.transactions(next, m.Envelope.portion(&d.Result, index), &d.Result)
	if answered {
		g.s.verdicts.add(d)
	}
	if e == nil {
		return nil
	}
	d.Err = e
	return e
}

// lowerLimit limits later transactions of the session to the number of recipients that
// the server accepted in t.
func (s *Session) lowerLimit(t *transaction) {
	if n := &s.limits.accepted; *n == 0 || t.accepted < *n {
		*n = t.accepted
	}
}

// fit returns how many recipients, counted from the first, fit in one transaction.
func (s *Session) fit(env *Envelope, rcpts []Recipient) int {
	n := s.limits.fit(rcpts)
	if env.Partial && s.limits.accepted > 0 {
		n = min(n, s.limits.accepted)
	}
	return n
}
