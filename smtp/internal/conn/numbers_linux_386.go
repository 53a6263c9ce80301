// SPDX-License-Identifier: MIT

package conn

// Numbers of system calls that Linux 4.3 added on this architecture. Package syscall does
// not define them.
const (
	sysSendto   = 369
	sysRecvfrom = 371
)
