// SPDX-License-Identifier: MIT

// Package pool decides which of several relays sends which mail, and when. It knows the
// weights, the limits and the health of the relays. It does not use SMTP: the caller sends
// the mails and reports what happened to them.
//
// A Scheduler has no goroutines and no clock. The caller passes the time to every call and
// holds a lock during the call. The caller must call Next again at the time that Next
// returns, and after every call of another method.
//
// # Weights
//
// The mails are assigned to the relays in proportion to the weights (smooth weighted round
// robin). A mail waits for its relay if all sessions of the relay are busy, so that the
// shares stay exact. There are two exceptions, in which another relay sends the mail: the
// relay has no free session and has not finished a mail for a second, or the relay has
// reached its rate.
//
// # Health
//
// A relay that failed gets no mails until its pause is over. It then gets one mail. If that
// one fails too, the next pause is twice as long.
package pool
