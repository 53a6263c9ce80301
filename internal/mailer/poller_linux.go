// SPDX-License-Identifier: MIT

package mailer

import (
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Go ends the process when its poller, which the first file, connection or
// timer makes, gets no file descriptors.
var (
	pollerUp   atomic.Bool
	pollerLock sync.Mutex
)

// needPoller makes the poller when there is room for the two descriptors that
// it takes, and says so when there is none.
func needPoller() error {
	if pollerUp.Load() {
		return nil
	}
	pollerLock.Lock()
	defer pollerLock.Unlock()
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return Faultf(cannotStart, "no file descriptors are left for the library (ulimit -n): it needs two, and one for each file and connection")
	}
	syscall.Close(pair[0])
	syscall.Close(pair[1])
	time.AfterFunc(time.Hour, func() {}).Stop()
	pollerUp.Store(true)
	return nil
}
