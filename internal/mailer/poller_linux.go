// SPDX-License-Identifier: MIT

package mailer

import (
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// The Go runtime creates its poller for the first file, connection or timer, and
// ends the process if it gets no file descriptors for it.
var (
	pollerUp   atomic.Bool
	pollerLock sync.Mutex
)

// needPoller creates the poller if the two descriptors that it needs are available,
// and returns an error otherwise.
func needPoller() error {
	if pollerUp.Load() {
		return nil
	}
	pollerLock.Lock()
	defer pollerLock.Unlock()
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return Faultf(cannotStart, "there are not enough file descriptors (ulimit -n): the library needs two, and one for each file and connection")
	}
	syscall.Close(pair[0])
	syscall.Close(pair[1])
	time.AfterFunc(time.Hour, func() {}).Stop()
	pollerUp.Store(true)
	return nil
}
