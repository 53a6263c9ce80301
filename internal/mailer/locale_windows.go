// SPDX-License-Identifier: MIT

package mailer

import (
	"fmt"
	"syscall"
)

// systemCharset returns the charset of the ANSI code page, or "".
func systemCharset() string {
	get := syscall.NewLazyDLL("kernel32.dll").NewProc("GetACP")
	if get.Find() != nil {
		return ""
	}
	page, _, _ := get.Call()
	switch page {
	case 0:
		return ""
	case 936:
		return "GBK"
	case 950:
		return "Big5"
	case 1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258:
		return fmt.Sprintf("windows-%d", page)
	}
	return fmt.Sprintf("cp%d", page)
}
