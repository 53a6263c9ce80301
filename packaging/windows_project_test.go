// SPDX-License-Identifier: MIT

//go:build packages

package packaging

import (
	"debug/pe"
	"os"
	"path/filepath"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/require"
)

// CMake with MinGW, and without bash in PATH, builds a DLL with the same octets as
// windows/build.sh. A project in an empty folder takes the installed files from a zip, as
// docs/install.md says, and its program sends a mail from Wine.
func TestWindowsProjectWithCMake(t *testing.T) {
	const tool = "x86_64-w64-mingw32-"
	dir := t.TempDir()
	toolchain := filepath.Join(dir, "windows.cmake")
	require.NoError(t, os.WriteFile(toolchain, []byte("set(CMAKE_SYSTEM_NAME Windows)\nset(CMAKE_SYSTEM_PROCESSOR AMD64)\n"+
		"set(CMAKE_C_COMPILER "+tool+"gcc-posix)\nset(CMAKE_CXX_COMPILER "+tool+"g++-posix)\nset(CMAKE_RC_COMPILER "+tool+"windres)\n"), 0o644))
	env := only(t, "cmake", "go", "make", "llvm-dlltool", tool+"ar", tool+"as", tool+"g++-posix", tool+"gcc-posix", tool+"ld",
		tool+"objcopy", tool+"ranlib", tool+"windres")
	build, name := filepath.Join(dir, "build"), "csmtp-"+version(t)+"-windows-x64"
	prefix := filepath.Join(dir, name)
	output(t, hosttest.Root(), env, "cmake", "-S", ".", "-B", build, "-DCMAKE_TOOLCHAIN_FILE="+toolchain, "-DCMAKE_INSTALL_LIBDIR=lib")
	output(t, dir, env, "cmake", "--build", build)
	output(t, dir, nil, "cmake", "--install", build, "--prefix", prefix)
	sameFiles(t, filepath.Join(madeFolder(t, "windows"), "x64"), filepath.Join(prefix, "bin"), "csmtp.dll", "csmtp-login.exe", "csmtp-testserver.exe")
	sameFiles(t, filepath.Join(madeFolder(t, "windows"), "x64"), filepath.Join(prefix, "lib"), "csmtp.lib")
	for _, file := range []string{"csmtp.dll", "csmtp-send.exe", "csmtp-doctor.exe", "csmtp-login.exe", "csmtp-testserver.exe"} {
		hardenedImage(t, filepath.Join(prefix, "bin", file),
			pe.IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE|pe.IMAGE_DLLCHARACTERISTICS_NX_COMPAT|pe.IMAGE_DLLCHARACTERISTICS_HIGH_ENTROPY_VA)
	}
	output(t, dir, nil, "cmake", "-E", "tar", "cf", prefix+".zip", "--format=zip", name)

	p := newProject(t, newArchive(t, prefix+".zip"))
	p.write(t, "CMakeLists.txt", p.all["Windows"]["cmake"][0])
	// -static links the C++ library, which Wine does not have.
	p.run(t, "cmake -S . -B build -DCMAKE_TOOLCHAIN_FILE='"+toolchain+"' -DCMAKE_EXE_LINKER_FLAGS=-static\ncmake --build build")
	p.env = append(p.env, "WINEDEBUG=-all")
	p.sends(t, hosttest.Need(t, "wine"), "build/hello.exe")
}
