// SPDX-License-Identifier: MIT

package test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// oldIncludes contains the #include lines of the old CSmtp.h, and those of the OpenSSL
// headers that it included. The names that these headers declare in namespace std are
// the only ones that CSmtp.h may declare there.
const oldIncludes = `#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>
#if defined(_WIN32)
#include <winsock2.h>
#else
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/types.h>
#include <unistd.h>
#endif
using namespace std;
`

// names contains names of namespace std for which a program may have its own
// declaration.
var names = strings.Fields(`
	accumulate advance align all_of allocate_shared any any_of apply array as_const async atomic atomic_flag atomic_init
	back_inserter bad_function_call barrier begin binary_search bind bit_cast bitset byte call_once chrono clamp
	condition_variable copy copy_if copy_n count count_if counting_semaphore cref current data declval default_delete
	defer_lock deque distance duration empty enable_shared_from_this end equal errc error error_code exchange expected
	fill find find_if find_if_not for_each forward forward_list function future generate get hash includes
	inner_product invoke iota is_same is_sorted iter_swap jthread latch less lerp lexicographical_compare list lock
	lock_guard log lower_bound make_heap make_pair make_shared make_tuple make_unique map max mem_fn memory_order merge
	milliseconds min minmax mismatch move mutex mutable_heap negate next none_of not1 not_fn nth_element once_flag
	optional owner_less packaged_task pair partial_sort partition path pmr pop_heap prev promise ptr_fun push_heap queue
	random_shuffle ranges ratio recursive_mutex ref reference_wrapper regex rel_ops remove_if replace replace_if reverse
	rotate sample scoped_lock search seconds set set_difference set_union shared_lock shared_mutex shared_ptr shuffle size
	sort span stable_sort stack static_pointer_cast stop_token swap swap_ranges system_error this_thread thread tie timer
	to_address transform try_lock tuple unexpected unique unique_lock unique_ptr unordered_map unordered_set upper_bound
	variant view visit weak_ptr yield`)

// forms contains declarations of NAME at file scope. Each is followed by a function
// that uses NAME.
var forms = map[string]string{
	"array":    "static int NAME[3]; int use_NAME() { NAME[0] = 1; return NAME[0]; }",
	"function": "static int NAME(int a, int b) { return a + b; } int use_NAME() { return NAME(1, 2); }",
	"class":    "struct NAME { int member; }; int use_NAME() { NAME object; object.member = 1; return object.member; }",
}

// TestNamesOfThePrograms checks that a program's names at file scope conflict with
// CSmtp.h only if they also conflicted with the old header.
func TestNamesOfThePrograms(t *testing.T) {
	eachKit(t, func(t *testing.T, k kit) {
		for _, standard := range k.sampled() {
			for form, declaration := range forms {
				old := clashes(t, k, standard, oldIncludes, declaration)
				now := clashes(t, k, standard, "#include \"CSmtp.h\"\n", declaration)
				assert.Subset(t, old, now, "%s: a %s of this name clashes", standard, form)
				t.Logf("%s: a %s of these names clashed with the old header too: %s", standard, form, strings.Join(old, " "))
				if k.libcxx == "" { // headers of libc++ include most other headers, so nearly all names clash
					assert.Less(t, len(old), len(names)*2/3)
				}
			}
		}
	})
}

// clashes returns the names whose declaration does not compile after the lines in 'head'.
func clashes(t *testing.T, k kit, standard, head, declaration string) []string {
	t.Helper()
	source := filepath.Join(t.TempDir(), "names.cpp")
	before := strings.Count(head, "\n")
	var text strings.Builder
	text.WriteString(head)
	for _, name := range names {
		text.WriteString(strings.ReplaceAll(declaration, "NAME", name) + "\n")
	}
	require.NoError(t, os.WriteFile(source, []byte(text.String()), 0o600))
	limit := "-fmax-errors=0"
	if strings.HasPrefix(k.compiler, "clang") {
		limit = "-ferror-limit=0"
	}
	said, err := exec.Command(k.compiler, join(includes, k.compile(t), []string{"-std=" + standard, "-w", limit, "-fsyntax-only", source})...).CombinedOutput()
	found := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)names\.cpp:(\d+):\d+: error`).FindAllStringSubmatch(string(said), -1) {
		line, err := strconv.Atoi(m[1])
		require.NoError(t, err)
		require.Greater(t, line, before, string(said))
		found[names[line-before-1]] = true
	}
	if err != nil {
		require.NotEmpty(t, found, string(said))
	}
	var all []string
	for name := range found {
		all = append(all, name)
	}
	sort.Strings(all)
	return all
}

// TestIncludedHeaders checks that CSmtp.h includes only headers of this library and
// headers that the old CSmtp.h also included.
func TestIncludedHeaders(t *testing.T) {
	eachKit(t, func(t *testing.T, k kit) {
		for _, standard := range k.sampled() {
			old := included(t, k, standard, oldIncludes)
			require.Greater(t, len(old), 50)
			for header := range included(t, k, standard, "#include \"CSmtp.h\"\n") {
				ours := regexp.MustCompile(`/(CSmtp|csmtp_\w+|md5)\.h$`).MatchString(header)
				assert.True(t, ours || old[header], "%s: %s", standard, header)
			}
			strict := included(t, k, standard, "#define CSMTP_STRICT\n#include \"CSmtp.h\"\n")
			for _, header := range []string{"iostream", "fstream", "functional", "memory", "mutex", "atomic", "thread", "winsock2.h", "netdb.h"} {
				for name := range strict {
					// With libc++, other standard headers include these headers.
					if k.libcxx == "" && filepath.Base(name) == header {
						assert.Fail(t, "CSMTP_STRICT includes "+name)
					}
				}
			}
		}
	})
}

func included(t *testing.T, k kit, standard, text string) map[string]bool {
	t.Helper()
	source := filepath.Join(t.TempDir(), "includes.cpp")
	require.NoError(t, os.WriteFile(source, []byte(text), 0o600))
	said, err := exec.Command(k.compiler, join(includes, k.compile(t), []string{"-std=" + standard, "-M", source})...).Output()
	require.NoError(t, err, fmt.Sprint(k))
	all := map[string]bool{}
	for _, word := range strings.Fields(string(said))[1:] {
		if word != "\\" && word != source {
			all[filepath.Clean(word)] = true
		}
	}
	return all
}
