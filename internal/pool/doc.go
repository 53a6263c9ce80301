// SPDX-License-Identifier: MIT

// Package pool decides which of several relays sends which mail, and when. It knows the
// weights, the limits and the health of the relays. It does not use SMTP: the caller sends
// the mails and reports what happened to them.
//
// A Scheduler has no goroutines and no clock. The caller passes the current time to the
// methods, and must not call two methods at the same time. The caller must call Next at the
// time that the last call to Next returned, and after every call to another method.
//
// # Weights
//
// The mails are assigned to the relays in proportion to the weights (smooth weighted round
// robin). A mail waits for its relay if all sessions of the relay are busy, so that the
// proportions stay exact. Another relay sends the mail in two cases: the mail's own relay has
// had no free session for a second and has finished no mail in this time, or it has reached
// its rate.
//
// # Health
//
// A relay that failed gets no mails until its pause is over. It then gets one mail. If this
// mail fails too, the next pause is twice as long.
package pool
