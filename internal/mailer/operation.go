// SPDX-License-Identifier: MIT

package mailer

import (
	"context"
	"sync"
)

// operation is a call that may block. Another thread can cancel it at any time.
type operation struct {
	ours bool // whether the call runs on a thread that the library has created

	mu       sync.Mutex
	canceled bool
	end      context.CancelFunc // ends the current session; nil if there is none
}

// cancel ends the call, even if it has no session yet.
func (o *operation) cancel() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.canceled = true
	if o.end != nil {
		o.end()
	}
}

// uses stores the function with which cancel ends the session. If the call was already
// canceled, uses also calls this function.
func (o *operation) uses(end context.CancelFunc) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.end = end
	if o.canceled && end != nil {
		end()
	}
}

func (o *operation) wasCanceled() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.canceled
}
