// SPDX-License-Identifier: MIT

package mailer

import (
	"os"

	"golang.org/x/sys/windows"
)

// foreignConfig returns why the configuration file must not set the transport (SMTP, or a
// service that sends mail over HTTPS). It returns "" if the file belongs to the user of this
// process, the system or the administrators.
func foreignConfig(f *os.File) string {
	d, err := windows.GetSecurityInfo(windows.Handle(f.Fd()), windows.SE_FILE_OBJECT, windows.OWNER_SECURITY_INFORMATION)
	if err != nil {
		return "its owner cannot be determined"
	}
	owner, _, err := d.Owner()
	if err != nil {
		return "its owner cannot be determined"
	}
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err == nil && owner.Equals(user.User.Sid) || owner.IsWellKnown(windows.WinLocalSystemSid) || owner.IsWellKnown(windows.WinBuiltinAdministratorsSid) {
		return ""
	}
	return "it belongs to another user"
}
