// SPDX-License-Identifier: MIT

package test

import (
	"debug/elf"
	"fmt"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestNoMacroChangesAFunction compiles every function of the headers with and without
// each macro, and requires that the machine code is the same. The linker keeps only one
// definition of each inline function for the whole program.
func TestNoMacroChangesAFunction(t *testing.T) {
	notOn(t, "tests only the headers", "x64", "Win32", "arm64", "armhf")
	plain := functions(t)
	require.Greater(t, len(plain), 300)
	for _, macros := range []string{
		"-DCSMTP_LEGACY_TLS", "-DCSMTP_STRICT", "-DCSMTP_LEGACY_TLS -DCSMTP_STRICT -DCSMTP_STATIC",
		"-DCSMTP_BUILD -DNDEBUG -DLINUX -DUNICODE -D_UNICODE -D_FILE_OFFSET_BITS=64", "-DDEBUG -D_DEBUG -D_GLIBCXX_DEBUG",
		"-D_GLIBCXX_ASSERTIONS -D_GLIBCXX_USE_CXX11_ABI=0",
		"-DSOCKET_ERROR=-1 -DBUFFER_SIZE=1 -DMSG_SIZE_IN_MB=1 -DCOUNTER_VALUE=1 -DTIME_IN_SEC=1",
	} {
		t.Run(macros, func(t *testing.T) {
			t.Parallel()
			same := 0
			for name, code := range functions(t, strings.Fields(macros)...) {
				if other, ok := plain[name]; ok {
					same++
					assert.Equal(t, other, code, name)
				}
			}
			assert.Greater(t, same, 300)
		})
	}
}

// functions compiles tools/everyfunction.cpp. It returns the machine code of the
// headers' inline functions, and the symbols to which the code refers.
func functions(t *testing.T, flags ...string) map[string]string {
	t.Helper()
	object := filepath.Join(t.TempDir(), "object.o")
	run(t, "g++", join(includes, []string{"-std=c++11", "-O0", "-fkeep-inline-functions", "-c", "-o", object, "tools/everyfunction.cpp"}, flags)...)
	file, err := elf.Open(object)
	require.NoError(t, err)
	defer file.Close()
	symbols, err := file.Symbols()
	require.NoError(t, err)
	relocations := map[uint32][]byte{}
	for _, s := range file.Sections {
		if s.Type == elf.SHT_RELA {
			relocations[s.Info], err = s.Data()
			require.NoError(t, err)
		}
	}
	found := map[string]string{}
	for _, symbol := range symbols {
		// Functions of the standard library (_ZSt, _ZNSt, _ZNKSt) are skipped, even if a
		// template argument is one of our types.
		name := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(symbol.Name, "_Z"), "N"), "K")
		ours := strings.Contains(name, "CSmtp") || strings.Contains(name, "csmtp_")
		if !ours || strings.HasPrefix(name, "St") || elf.ST_BIND(symbol.Info) != elf.STB_WEAK || symbol.Section >= elf.SHN_LORESERVE || symbol.Section == elf.SHN_UNDEF {
			continue
		}
		data, err := file.Sections[symbol.Section].Data()
		require.NoError(t, err)
		var refers []string
		for r := relocations[uint32(symbol.Section)]; len(r) >= 24; r = r[24:] {
			info := file.ByteOrder.Uint64(r[8:])
			to := symbols[info>>32-1]
			name, addend := to.Name, int64(file.ByteOrder.Uint64(r[16:]))
			if elf.ST_TYPE(to.Info) == elf.STT_SECTION { // a string literal, whose offset may differ
				name, addend = file.Sections[to.Section].Name, 0
			}
			refers = append(refers, fmt.Sprintf("%x %d %s%+d", file.ByteOrder.Uint64(r), uint32(info), name, addend))
		}
		sort.Strings(refers)
		found[symbol.Name] = fmt.Sprintf("%x\n%s", data, strings.Join(refers, "\n"))
	}
	return found
}
