// SPDX-License-Identifier: MIT

package smtp

import "errors"

// verdicts contains the deliveries of a batch whose replies have not been confirmed yet.
// Only the position of a reply shows which command it belongs to (RFC 2920, section 3.1):
// after a missing or an extra reply, all later ones are assigned to the wrong commands,
// and the client may take a refusal for a success. A reply that only one command can
// have, such as the 354 to DATA, confirms all replies before it. If it turns out that
// the replies do not match the commands, deliveries that were not yet confirmed become
// InDoubt.
type verdicts struct {
	latest  []*Delivery // the deliveries of the mails being sent
	earlier []*Delivery // the deliveries of the mails before them
}

// add adds a delivery that has not been confirmed yet, unless it is already InDoubt.
func (v *verdicts) add(d *Delivery) {
	if d.Outcome != InDoubt {
		v.latest = append(v.latest, d)
	}
}

// nextMails is called before the next mails are sent, when every command has its reply
// and no more octets have arrived. The latest deliveries become the earlier ones. They
// are not confirmed yet, because an extra reply may still arrive while the next mails are
// being sent.
func (v *verdicts) nextMails() { v.earlier, v.latest = v.latest, v.earlier[:0] }

// confirm removes all deliveries, because a reply has arrived that only one command can
// have.
func (v *verdicts) confirm() { v.earlier, v.latest = v.earlier[:0], v.latest[:0] }

// takeBack makes all the deliveries InDoubt.
func (v *verdicts) takeBack() {
	takeBack(v.earlier)
	v.earlier = nil
	v.takeBackLatest()
}

// takeBackLatest makes the latest deliveries InDoubt after a reply did not arrive. The
// earlier deliveries do not change: if one of their replies had been missing, their
// last reply could not have arrived.
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
