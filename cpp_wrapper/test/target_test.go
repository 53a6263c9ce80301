// SPDX-License-Identifier: MIT

package test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/require"
)

// target is another kind of machine, which CSMTP_TARGET selects. A cross compiler
// builds the programs for it, and an emulator runs them. CSMTP_BUILD_DIR must be the
// folder of a library that was built for this kind of machine.
type target struct {
	compilers map[string]string // the cross compilers; the keys are "g++" and "gcc"
	library   string
	flags     []string // linker flags after the library
	runner    []string // the emulator's command
	env       func(t *testing.T, library string) []string
}

var threadModel = cmp.Or(os.Getenv("CSMTP_MINGW"), "posix")

var targets = map[string]target{
	"x64":   onWindows("x86_64-w64-mingw32"),
	"Win32": onWindows("i686-w64-mingw32"),
	"arm64": onLinux("aarch64-linux-gnu", "qemu-aarch64-static"),
	"armhf": onLinux("arm-linux-gnueabihf", "qemu-arm-static"),
}

// writeAuthorityConfig writes a configuration file that names the test's CA, for
// systems without SSL_CERT_FILE. The file is written only once, because tests that run
// in parallel read it.
var writeAuthorityConfig = sync.OnceValues(func() (string, error) {
	ca, err := writeAuthority()
	if err != nil {
		return "", err
	}
	config := filepath.Join(hosttest.Folder(), "authority.conf")
	return config, os.WriteFile(config, []byte("[*]\nca-file = "+ca+"\n"), 0o600)
})

// onWindows returns the target for Debian's MinGW and Wine. CSMTP_MINGW selects MinGW's
// thread model, and CSMTP_WINE is the command that runs a program under Wine.
func onWindows(machine string) target {
	return target{
		compilers: map[string]string{"g++": machine + "-g++-" + threadModel, "gcc": machine + "-gcc-" + threadModel},
		library:   "csmtp.lib",
		flags:     []string{"-static", "-lws2_32", "-lcrypt32"},
		runner:    strings.Fields(cmp.Or(os.Getenv("CSMTP_WINE"), "wine")),
		env: func(t *testing.T, library string) []string {
			config, err := writeAuthorityConfig()
			require.NoError(t, err)
			return []string{"WINEPATH=" + onDrive(library), "CSMTP_CONFIG=" + config}
		},
	}
}

// windows reports whether the target is Windows.
func windows() bool { return targetName == "x64" || targetName == "Win32" }

// onDrive returns the path at which programs under Wine find a file.
func onDrive(path string) string { return "Z:" + strings.ReplaceAll(path, "/", `\`) }

// onLinux returns the target for Debian's cross compiler and qemu-user.
func onLinux(machine, emulator string) target {
	return target{
		compilers: map[string]string{"g++": machine + "-g++", "gcc": machine + "-gcc"},
		library:   "libcsmtp.so",
		flags:     []string{"-pthread"},
		runner:    []string{emulator, "-L", "/usr/" + machine},
		env: func(t *testing.T, library string) []string {
			return []string{"QEMU_SET_ENV=LD_LIBRARY_PATH=" + library}
		},
	}
}

var targetName = os.Getenv("CSMTP_TARGET")

// cross returns the target that CSMTP_TARGET selects, if it is set.
func cross() (target, bool) {
	if targetName == "" {
		return target{}, false
	}
	t, ok := targets[targetName]
	if !ok {
		panic(fmt.Sprintf("CSMTP_TARGET=%s: unknown target", targetName))
	}
	return t, true
}

// notOn skips the test on the named targets.
func notOn(t *testing.T, why string, names ...string) {
	t.Helper()
	for _, name := range names {
		require.Contains(t, targets, name)
		if name == targetName {
			t.Skipf("%s: %s", name, why)
		}
	}
}

// arguments returns args without the flags of the sanitizers, because the target has no
// sanitizers.
func (g target) arguments(args []string) []string {
	var kept []string
	for _, a := range args {
		if !strings.HasPrefix(a, "-fsanitize") && !strings.HasPrefix(a, "-fno-sanitize") {
			kept = append(kept, a)
		}
	}
	return kept
}

func (g target) compiler(name string) string {
	if strings.HasSuffix(name, "++") {
		return g.compilers["g++"]
	}
	return g.compilers["gcc"]
}
