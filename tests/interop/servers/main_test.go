// SPDX-License-Identifier: MIT

package servers

import (
	"os"
	"testing"
)

func TestMain(m *testing.M) { os.Exit(Main(m)) }
