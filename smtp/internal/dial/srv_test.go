// SPDX-License-Identifier: MIT

package dial

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/dns/dnsmessage"
)

const (
	implicit = "_submissions._tcp.test.example."
	starttls = "_submission._tcp.test.example."
)

func TestLookupSubmissionOrder(t *testing.T) {
	ns, resolver := newNameServer(t)
	ns.srv(starttls, 0, 1, 587, "c.test.example.")
	ns.srv(implicit, 20, 1, 465, "b.test.example.")
	ns.srv(implicit, 10, 1, 4650, "a.test.example.")
	got, err := LookupSubmission(t.Context(), resolver, "test.example")
	require.NoError(t, err)
	require.Equal(t, []Target{
		{"a.test.example", 4650, true},
		{"b.test.example", 465, true},
		{"c.test.example", 587, false},
	}, got)
}

func TestLookupSubmissionWeight(t *testing.T) {
	ns, resolver := newNameServer(t)
	ns.srv(implicit, 1, 90, 465, "heavy.test.example.")
	ns.srv(implicit, 1, 10, 465, "light.test.example.")
	ns.srv(implicit, 2, 1000, 465, "last.test.example.")
	first := map[string]int{}
	for range 300 {
		got, err := LookupSubmission(t.Context(), resolver, "test.example")
		require.NoError(t, err)
		require.Len(t, got, 3)
		require.Equal(t, "last.test.example", got[2].Host)
		first[got[0].Host]++
	}
	// About 270 and 30 are expected. If the code is correct, the counts are outside these
	// limits in fewer than one in 10^9 runs.
	require.Greater(t, first["heavy.test.example"], 200)
	require.Greater(t, first["light.test.example"], 0)
}

func TestLookupSubmissionNotOffered(t *testing.T) {
	ns, resolver := newNameServer(t)
	ns.srv(implicit, 0, 0, 0, ".")
	ns.srv(starttls, 0, 0, 587, "mail.test.example.")
	got, err := LookupSubmission(t.Context(), resolver, "test.example.")
	require.NoError(t, err)
	require.Equal(t, []Target{{"mail.test.example", 587, false}}, got)

	ns, resolver = newNameServer(t)
	ns.srv(implicit, 0, 0, 0, ".")
	ns.srv(starttls, 0, 0, 0, ".")
	_, err = LookupSubmission(t.Context(), resolver, "test.example")
	stage(t, err, Resolve)
	require.ErrorContains(t, err, "offers no mail submission")
}

func TestLookupSubmissionFailures(t *testing.T) {
	ns, resolver := newNameServer(t)
	_, err := LookupSubmission(t.Context(), resolver, "test.example")
	stage(t, err, Resolve)
	require.ErrorContains(t, err, "has no submission server")
	require.Equal(t, 1, ns.count(implicit, dnsmessage.TypeSRV), "a search list was tried")

	ns.set(func(s *nameServer) { s.broken[key(implicit, dnsmessage.TypeSRV)] = true })
	_, err = LookupSubmission(t.Context(), resolver, "test.example")
	stage(t, err, Resolve)
	require.ErrorContains(t, err, "looking up the submission servers of test.example: ")

	ns.set(func(s *nameServer) { s.drop[dnsmessage.TypeSRV] = true })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = LookupSubmission(ctx, resolver, "test.example")
	stage(t, err, Timeout)

	for _, bad := range []string{"", "a\r\nb", "127.0.0.1", "[::1]"} {
		_, err = LookupSubmission(t.Context(), resolver, bad)
		stage(t, err, Local)
	}
}

func TestLookupSubmissionBoundedAndSane(t *testing.T) {
	ns, resolver := newNameServer(t)
	ns.srv(implicit, 0, 1, 0, "no-port.test.example.")
	ns.srv(implicit, 0, 1, 465, "bad name.test.example.")
	ns.srv(implicit, 0, 1, 465, "a\r\nb.test.example.")
	for i := range 200 {
		ns.srv(implicit, uint16(i+1), 1, 465, fmt.Sprintf("s%d.test.example.", i))
	}
	got, err := LookupSubmission(t.Context(), resolver, "test.example")
	require.NoError(t, err)
	require.Len(t, got, maxTargets)
	for i, target := range got {
		require.Equal(t, fmt.Sprintf("s%d.test.example", i), target.Host)
	}
}
