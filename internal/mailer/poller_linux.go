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
	poll, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return noPoller("epoll_create1", err)
	}
	wake, _, number := syscall.Syscall(syscall.SYS_EVENTFD2, 0, syscall.O_CLOEXEC, 0)
	syscall.Close(poll)
	if number != 0 {
		return noPoller("eventfd2", number)
	}
	syscall.Close(int(wake))
	time.AfterFunc(time.Hour, func() {}).Stop()
	pollerUp.Store(true)
	return nil
}

// noPoller returns the error if a system call of the poller fails.
func noPoller(call string, err error) error {
	if err == syscall.EMFILE || err == syscall.ENFILE || err == syscall.ENOMEM {
		return Faultf(cannotStart, "there are not enough file descriptors (ulimit -n): the library needs two, and one for each file and connection")
	}
	return Faultf(cannotStart, "the system refuses the system call %s: %v: permit it in the sandbox of this process (seccomp)", call, err)
}
