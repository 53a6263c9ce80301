// SPDX-License-Identifier: MIT

//go:build packages

package packaging

import (
	"debug/pe"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/require"
)

// Without bash in PATH, CMake with MinGW builds the same DLL, octet for octet, as
// windows/build.sh. A new project with CMake and a new project with Meson use the files in a zip,
// as docs/install.md says. The program of each project sends a mail when it runs under Wine.
func TestWindowsProjects(t *testing.T) {
	const tool = "x86_64-w64-mingw32-"
	dir := t.TempDir()
	toolchain := filepath.Join(dir, "windows.cmake")
	require.NoError(t, os.WriteFile(toolchain, []byte("set(CMAKE_SYSTEM_NAME Windows)\nset(CMAKE_SYSTEM_PROCESSOR AMD64)\n"+
		"set(CMAKE_C_COMPILER "+tool+"gcc-posix)\nset(CMAKE_CXX_COMPILER "+tool+"g++-posix)\nset(CMAKE_RC_COMPILER "+tool+"windres)\n"), 0o644))
	env := only(t, "cmake", "go", "make", "llvm-dlltool", tool+"ar", tool+"as", tool+"g++-posix", tool+"gcc", tool+"gcc-posix",
		tool+"ld", tool+"objcopy", tool+"ranlib", tool+"windres")
	build, name := filepath.Join(dir, "build"), "csmtp-"+version(t)+"-windows-x64"
	prefix := filepath.Join(dir, name)
	output(t, hosttest.Root(), env, "cmake", "-S", ".", "-B", build, "-DCMAKE_TOOLCHAIN_FILE="+toolchain, "-DCMAKE_INSTALL_LIBDIR=lib", "-DCSMTP_EXAMPLES=OFF")
	output(t, dir, env, "cmake", "--build", build)
	output(t, dir, nil, "cmake", "--install", build, "--prefix", prefix)
	sameFiles(t, filepath.Join(madeFolder(t, "windows"), "x64"), filepath.Join(prefix, "bin"), "csmtp.dll", "csmtp-login.exe", "csmtp-testserver.exe")
	sameFiles(t, filepath.Join(madeFolder(t, "windows"), "x64"), filepath.Join(prefix, "lib"), "csmtp.lib")
	for _, file := range []string{"csmtp.dll", "csmtp-send.exe", "csmtp-doctor.exe", "csmtp-login.exe", "csmtp-testserver.exe"} {
		hardenedImage(t, filepath.Join(prefix, "bin", file),
			pe.IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE|pe.IMAGE_DLLCHARACTERISTICS_NX_COMPAT|pe.IMAGE_DLLCHARACTERISTICS_HIGH_ENTROPY_VA)
	}
	meson := strings.ReplaceAll(read(t, "meson/meson.build"), "@VERSION@", version(t))
	require.NoError(t, os.WriteFile(filepath.Join(prefix, "meson.build"), []byte(meson), 0o644))
	output(t, dir, nil, "cmake", "-E", "tar", "cf", prefix+".zip", "--format=zip", name)

	p := newProject(t, newArchive(t, prefix+".zip"))
	p.write(t, "CMakeLists.txt", p.all["Windows"]["cmake"][0])
	// -static, because Wine does not have MinGW's C++ library.
	p.run(t, "cmake -S . -B build -DCMAKE_TOOLCHAIN_FILE='"+toolchain+"' -DCMAKE_EXE_LINKER_FLAGS=-static\ncmake --build build")
	p.env = []string{"WINEDEBUG=-all"}
	p.sends(t, hosttest.Need(t, "wine"), "build/hello.exe")

	hosttest.Need(t, "meson")
	p = newProject(t, newArchive(t, prefix+".zip"))
	p.write(t, "cross.ini", "[binaries]\nc = '"+tool+"gcc-posix'\ncpp = '"+tool+"g++-posix'\nar = '"+tool+"ar'\n"+
		"[built-in options]\ncpp_link_args = ['-static']\n"+
		"[host_machine]\nsystem = 'windows'\ncpu_family = 'x86_64'\ncpu = 'x86_64'\nendian = 'little'\n")
	s := p.all["Meson"]
	p.write(t, "meson.build", s["meson"][0])
	p.write(t, "subprojects/csmtp.wrap", strings.Replace(s["wrap"][0], "\nsource_filename = "+name+".tar.gz\n", "\nsource_filename = "+name+".zip\n", 1))
	p.run(t, strings.Replace(s["sh"][0], "meson setup build", "meson setup build --cross-file cross.ini", 1)+
		"cp subprojects/"+name+"/bin/csmtp.dll build\n")
	p.env = []string{"WINEDEBUG=-all"}
	p.sends(t, "wine", "build/hello.exe")
}
