// SPDX-License-Identifier: MIT

package mailer

import (
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// The Go runtime creates its network poller for the first file, connection or timer. If it
// gets no file descriptors for the poller, it ends the process.
var (
	pollerUp   atomic.Bool
	pollerLock sync.Mutex
)

// needPoller makes the Go runtime create its poller. If the two descriptors that the poller
// needs are not available, needPoller returns an error instead.
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

// noPoller returns the error for a system call that failed in needPoller.
func noPoller(call string, err error) error {
	if err == syscall.EMFILE || err == syscall.ENFILE || err == syscall.ENOMEM {
		return Faultf(cannotStart, "there are not enough file descriptors (ulimit -n): the library needs two, and one more for each file and connection")
	}
	return Faultf(cannotStart, "the system refuses the system call %s: %v: permit it in the sandbox of this process (seccomp)", call, err)
}
