// SPDX-License-Identifier: MIT

//go:build packages

package packaging

import (
	"os"
	"path/filepath"
	"testing"
)

// csmtp-send of the .deb packages for arm64, which package.sh has installed in
// CSMTP_INSTALLED, sends a mail to csmtp-testserver of the same packages. The files are
// hardened as those for this processor.
func TestInstalledForArm64(t *testing.T) {
	root := os.Getenv("CSMTP_INSTALLED")
	if root == "" {
		t.Skip("packaging/package.sh arm64 runs this test")
	}
	lib := filepath.Join(root, "usr/lib/aarch64-linux-gnu")
	d := distTarget{name: "arm64", bin: filepath.Join(root, "usr/bin"),
		emulator: []string{"qemu-aarch64-static", "-L", root, "-E", "LD_LIBRARY_PATH=" + lib}}
	hardened(t, filepath.Join(lib, "libcsmtp.so.1"))
	hardened(t, filepath.Join(d.bin, "csmtp-send"))
	hardened(t, filepath.Join(d.bin, "csmtp-doctor"))
	static(t, filepath.Join(d.bin, "csmtp-login"))
	static(t, filepath.Join(d.bin, "csmtp-testserver"))
	d.sends(t)
}
