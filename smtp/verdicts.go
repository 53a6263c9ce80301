// SPDX-License-Identifier: MIT

package smtp

import "errors"

// verdicts are the deliveries of a batch whose replies nothing has confirmed yet.
// A reply belongs to a command only by its position (RFC 2920, section 3.1): a
// missing or an extra one shifts all that follow, and a refusal may be read as a
// success. A reply that only one command can have, such as the 354 to DATA,
// confirms all before it. If the replies turn out to be out of step first, these
// deliveries become InDoubt.
type verdicts struct {
	latest  []*Delivery // of the mails being sent
	earlier []*Delivery // of the mails before them
}

// add records that the verdict on d is not confirmed yet.
func (v *verdicts) add(d *Delivery) {
	if d.Outcome != InDoubt {
		v.latest = append(v.latest, d)
	}
}

// nextMails is called when every command so far has its reply and no more
// octets have arrived. An extra reply may still arrive while the next mails are
// sent.
func (v *verdicts) nextMails() { v.earlier, v.latest = v.latest, v.earlier[:0] }

// confirm is called when a reply arrived that only its command can have.
func (v *verdicts) confirm() { v.earlier, v.latest = v.earlier[:0], v.latest[:0] }

// takeBack makes all the deliveries InDoubt.
func (v *verdicts) takeBack() {
	takeBack(v.earlier)
	v.earlier = nil
	v.takeBackLatest()
}

// takeBackLatest makes the latest deliveries InDoubt, after a reply did not arrive.
// The earlier deliveries stand: if one of their replies had been missing, their last
// reply could not have arrived.
func (v *verdicts) takeBackLatest() {
	takeBack(v.latest)
	v.latest = nil
}

func takeBack(mails []*Delivery) {
	for _, d := range mails {
		d.Outcome, d.Reply, d.QueueID = InDoubt, nil, ""
		for i := range d.Recipients {
			d.Recipients[i].Accepted = false
		}
		d.Err = outOfStep()
	}
}

var errOutOfStep = errors.New("the server's replies do not match the commands")

// outOfStep returns the error for a message whose reply may belong to another
// command.
func outOfStep() *Error {
	return &Error{Op: OpEndOfData, Kind: KindProtocol, Err: &doubt{errOutOfStep, true}}
}
