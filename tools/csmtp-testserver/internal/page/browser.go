// SPDX-License-Identifier: MIT

package page

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
)

// OpenBrowser opens an address in the browser that the environment variable BROWSER names.
// If the variable is not set, it uses the default browser of the system.
func OpenBrowser(address string) error {
	var commands [][]string
	switch browser := os.Getenv("BROWSER"); {
	case browser != "":
		commands = [][]string{{browser}}
	case runtime.GOOS == "windows":
		commands = [][]string{{"rundll32.exe", "url.dll,FileProtocolHandler"}}
	case runtime.GOOS == "darwin":
		commands = [][]string{{"open"}}
	default:
		commands = [][]string{{"xdg-open"}, {"sensible-browser"}}
	}
	var first error
	for _, c := range commands {
		cmd := exec.Command(c[0], append(c[1:], address)...)
		err := cmd.Start()
		if err == nil {
			go cmd.Wait()
			return nil
		}
		if first == nil {
			first = fmt.Errorf("%s: %w", c[0], err)
		}
	}
	return first
}
