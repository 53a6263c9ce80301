// SPDX-License-Identifier: MIT

package embed

import "testing"

// Every attempt to send first clears the results of the previous attempt, even if the new
// attempt fails before it opens a connection.
func TestAttemptsStartClean(t *testing.T) {
	runSanitized(t, []proof{
		{program: "attempts", mode: "table", mails: 31},
		{program: "attempts", mode: "busy", mails: 1},
		{program: "attempts", mode: "cancels", atLeast: 200},
	})
}
