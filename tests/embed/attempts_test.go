// SPDX-License-Identifier: MIT

package embed

import "testing"

// Every attempt to send starts by clearing what the last one left, also when it
// ends before it has begun.
func TestAttemptsStartClean(t *testing.T) {
	runSanitized(t, []proof{
		{program: "attempts", mode: "table", mails: 31},
		{program: "attempts", mode: "busy", mails: 1},
		{program: "attempts", mode: "cancels", atLeast: 200},
	})
}
