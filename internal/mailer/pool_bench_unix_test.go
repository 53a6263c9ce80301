// SPDX-License-Identifier: MIT

//go:build unix

package mailer

import (
	"syscall"
	"testing"
	"time"
)

// reportCPU starts to measure the CPU time. It returns a function that reports the CPU time
// for each mail.
func reportCPU(b *testing.B) func() {
	before := cpuTime()
	return func() { b.ReportMetric(float64(cpuTime()-before)/float64(b.N), "cpu-ns/op") }
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
