// SPDX-License-Identifier: MIT

package interop

import (
	"os"
	"testing"

	"csmtp/tests/interop/servers"
)

func TestMain(m *testing.M) {
	code := servers.Main(m)
	cleanUp()
	os.Exit(code)
}
