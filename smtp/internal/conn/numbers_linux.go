// SPDX-License-Identifier: MIT

//go:build !386

package conn

import "syscall"

// Numbers of system calls.
const (
	sysSendto   = syscall.SYS_SENDTO
	sysRecvfrom = syscall.SYS_RECVFROM
)
