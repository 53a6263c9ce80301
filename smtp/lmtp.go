// SPDX-License-Identifier: MIT

package smtp

// lmtpReplies reads the replies that follow the message: one for each accepted RCPT command,
// in the same order (RFC 2033, section 4.2). The delivery to one recipient remains valid,
// whatever the replies for the other recipients are.
func (t *transaction) lmtpReplies() *Error {
	s := t.s
	t.phase = phaseAnswered
	var first *Error
	for i := range t.rows {
		row := &t.rows[i]
		if !row.Accepted {
			continue
		}
		if s.dead {
			row.Accepted, row.Reply = false, nil
			continue
		}
		s.arm(&stepEndOfData)
		row.Accepted = false
		e := s.await(&stepEndOfData)
		if e == nil {
			row.Accepted, row.Reply = true, s.raw.reply()
			t.reply, t.queueID = row.Reply, s.raw.queueID(row.Reply)
			continue
		}
		row.Reply = e.Reply
		e.Recipient = row.Address
		e = t.inDoubt(e)
		if first == nil || t.phase == phaseInDoubt || e.Reply.Permanent() && !first.Reply.Permanent() {
			first = e
		}
	}
	first = t.confirm(first, t.byBDAT())
	if first != nil && t.env.Partial && t.reply != nil && t.phase == phaseAnswered {
		return nil
	}
	return first
}
