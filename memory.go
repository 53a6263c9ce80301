// SPDX-License-Identifier: MIT

package main

import (
	"os"
	"runtime/debug"
)

// What is alive in this library is small, and the process is somebody else's:
// garbage is collected at half of what Go would let gather (2 MB at least), which
// costs about 1 % of a mail's time. GOGC in the environment says otherwise.
func init() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
}
