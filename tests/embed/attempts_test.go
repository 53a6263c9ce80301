// SPDX-License-Identifier: MIT

package embed

import "testing"

// Every attempt to send starts by clearing what the last one left, also when it
// ends before it has begun.
func TestAttemptsStartClean(t *testing.T) {
	runSanitized(t, []proof{
		{"attempts", "table", 31},
		{"attempts", "busy", 1},
		{"attempts", "cancels", -200},
	})
}
