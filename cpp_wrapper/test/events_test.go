// SPDX-License-Identifier: MIT

package test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"csmtp/smtp/smtptest"
	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/require"
)

func TestEvents(t *testing.T) {
	t.Setenv("CSMTP_CONFIG", "") // with a configuration file, asynchronous Sends share no sessions
	server := receiver(t, smtptest.MailOptions{NoAuth: true})
	got := execute(t, t.TempDir(), link(t, "g++", "events", append(sanitized, "-std=c++11", "tools/events.cpp")...), "127.0.0.1", strconv.Itoa(server.Port()))
	require.Zero(t, got.status, got.output)
}

// TestEventThreads checks with ThreadSanitizer that event callbacks cause no data
// races.
func TestEventThreads(t *testing.T) {
	notOn(t, "no ThreadSanitizer", "x64", "Win32", "arm64", "armhf")
	server := receiver(t, smtptest.MailOptions{NoAuth: true})
	got := execute(t, t.TempDir(), link(t, "g++", "events-tsan", "-g", "-O1", "-fsanitize=thread", "-std=c++17", "tools/events.cpp"), "127.0.0.1", strconv.Itoa(server.Port()))
	require.Zero(t, got.status, got.output)
}

// readMetrics is a Python program that reads metrics in Prometheus's text format with
// the parser of prometheus_client. It checks the metrics and prints their samples,
// except the buckets and sums of histograms.
const readMetrics = `
import sys
from prometheus_client.parser import text_string_to_metric_families as families
for family in families(open(sys.argv[1]).read()):
    assert family.documentation and family.type in ("counter", "gauge", "histogram"), family
    last = {}
    for sample in family.samples:
        labels = dict(sample.labels)
        limit = labels.pop("le", None)
        labels = ",".join(f"{k}={v}" for k, v in sorted(labels.items()))
        if limit is not None:
            assert sample.value >= last.get(labels, 0), ("the buckets are cumulative", sample)
            last[labels] = sample.value
            continue
        if sample.name.endswith("_count"):
            assert sample.value == last[labels], ("the last bucket has all", sample)
        if not sample.name.endswith("_sum"):
            print(f"{sample.name} {labels} {sample.value:g}")
`

// TestMetrics runs the example program that writes metrics in Prometheus's text format.
// Of its three relays, the second refuses some mails, and the third cannot be reached.
func TestMetrics(t *testing.T) {
	notOn(t, "Python does not run there", "x64", "Win32", "arm64", "armhf")
	python := hosttest.Need(t, "/usr/bin/python3")
	if exec.Command(python, "-c", "import prometheus_client").Run() != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("python3-prometheus-client is missing")
		}
		t.Skip("python3-prometheus-client is missing")
	}
	ports := poolRelays(t)
	dead := strconv.Itoa(hosttest.ClosedPort(t))
	file := filepath.Join(t.TempDir(), "csmtp.prom")
	program := link(t, "g++", "metrics", append(sanitized, "-std=c++11", "../../examples/cpp/metrics.cpp")...)
	got := execute(t, t.TempDir(), program, file, "60", "127.0.0.1", ports[1], "127.0.0.1", ports[2], "127.0.0.1", dead)
	require.Zero(t, got.status, got.output)
	out, err := exec.Command(python, "-c", readMetrics, file).CombinedOutput()
	require.NoError(t, err, "%s", out)
	samples := map[string]float64{}
	for line := range strings.Lines(string(out)) {
		line = strings.TrimSpace(line)
		at := len(line) - 1
		for line[at] != ' ' {
			at--
		}
		n, err := strconv.ParseFloat(line[at+1:], 64)
		require.NoError(t, err, line)
		samples[line[:at]] = n
	}
	first, second, third := "relay=127.0.0.1:"+ports[1], "relay=127.0.0.1:"+ports[2], "relay=127.0.0.1:"+dead
	sent := samples["csmtp_mails_total "+first+",result=sent"] + samples["csmtp_mails_total "+second+",result=sent"]
	require.EqualValues(t, 60, sent, "%s", out)
	require.Positive(t, samples["csmtp_connection_failures_total error=104,"+third], "%s", out)
	require.EqualValues(t, 1, samples["csmtp_relay_paused "+third], "%s", out)
	for _, relay := range []string{first, second} {
		require.Positive(t, samples["csmtp_connections_opened_total "+relay], "%s", out)
		require.Equal(t, samples["csmtp_connections_opened_total "+relay], samples["csmtp_connections_closed_total "+relay], "%s", out)
		require.Positive(t, samples["csmtp_octets_total "+relay], "%s", out)
		require.Equal(t, samples["csmtp_mails_total "+relay+",result=sent"], samples["csmtp_mail_duration_seconds_count "+relay], "%s", out)
	}
	require.Positive(t, samples["csmtp_retries_total error=300,"+second], "%s", out)

	got = execute(t, t.TempDir(), program, "-", "1", "127.0.0.1", ports[1])
	require.Zero(t, got.status, got.output)
	require.Contains(t, got.output, `csmtp_mails_total{relay="127.0.0.1:`+ports[1]+`",result="sent"} 1`)
	require.Equal(t, 2, execute(t, t.TempDir(), program, "-", "1").status)
}
