// SPDX-License-Identifier: MIT

package interop

import (
	"os"
	"testing"

	"csmtp/interop/servers"
)

func TestMain(m *testing.M) { os.Exit(servers.Main(m)) }
