// SPDX-License-Identifier: MIT

package smtp

// lmtpReplies reads, in the order of the accepted RCPT commands, one reply to
// the end of the message for each (RFC 2033, section 4.2). What was delivered
// to some stays delivered, whatever becomes of the others.
func (s *Session) lmtpReplies() *Error {
	t := &s.tx
	t.open, t.each, t.judged = false, true, true
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
		e = s.inDoubt(e)
		if first == nil || t.doubt || e.Reply.Permanent() && !first.Reply.Permanent() {
			first = e
		}
	}
	// A BDAT that was refused for all leaves the transaction open.
	t.open = t.bdat && first != nil && t.reply == nil
	first = s.confirm(first, t.bdat)
	if first != nil && t.env.Partial && t.reply != nil && !t.doubt {
		return nil
	}
	return first
}
