// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"io"
)

// goal is a limit for a figure.
type goal struct {
	about  string
	want   float64
	atMost bool // whether want is an upper limit
	unit   string
	got    float64
	absent bool // whether the figure was not measured in this run
}

func (g *goal) met() string {
	switch {
	case g.absent:
		return "not measured"
	case g.atMost && g.got <= g.want, !g.atMost && g.got >= g.want:
		return "met"
	}
	return "not met"
}

// recordedCSmtp is the rate of the original CSmtp class in the workload W1, in mails/s.
// It was measured on a machine of the same kind. The benchmark cannot measure it again,
// because the source of the class cannot be distributed with it.
const recordedCSmtp = 22.7

// goals returns the goals, each with the figure that was measured.
func goals(r results, e *extras) []*goal {
	var all []*goal
	atLeast := func(about string, want, got float64) {
		all = append(all, &goal{about: about, want: want, unit: "x", got: got, absent: got == 0})
	}
	atMost := func(about string, want float64, unit string, got float64, measured bool) {
		all = append(all, &goal{about: about, want: want, atMost: true, unit: unit, got: got, absent: !measured})
	}
	ratio := func(w, client, to string) float64 { return r[w].ratio(client, to, rate) }

	atLeast("W1 Send, one by one, relative to smtp-source", 2.5, ratio("W1", ours, source))
	cpuW1 := r["W1"].ratio(ours, source, cpu)
	atMost("W1 CPU per mail, relative to smtp-source", 0.4, "x", cpuW1, cpuW1 > 0)
	atLeast("W1 without PIPELINING, relative to smtp-source", 1.4, ratio("W1-plain", ours, source))
	atLeast("W1 SendBatch, relative to smtp-source", 5, ratio("W1", oursBatch, source))
	atLeast("W1 Send against smtp-sink, relative to smtp-source", 1.25, ratio("W1-postfix", ours, source))
	atLeast("W1 SendBatch against smtp-sink, relative to smtp-source", 2.2, ratio("W1-postfix", oursBatch, source))
	if w := r["W1"]; w != nil {
		atLeast("W1 Send, relative to CSmtp as recorded (22.7 mails/s)", 2500, w.median(ours, rate)/recordedCSmtp)
	}
	atLeast("W2 Send over TLS, relative to libcurl", 3.5, ratio("W2", ours, curl))
	atLeast("W2 SendBatch over TLS, relative to libcurl", 7, ratio("W2", oursBatch, curl))
	atLeast("W3 full handshake and login, relative to libcurl", 1.4, ratio("W3-full", ours, curl))
	atLeast("W3 resumed and login, relative to libcurl with a full handshake", 1.7, across(r["W3-resumed"], ours, r["W3-full"], curl))
	atLeast("W3 cleartext, relative to smtp-source", 1.25, ratio("W3-clear", ours, source))
	atLeast("W4 25 MB over TLS, relative to libcurl", 18, ratio("W4", ours, curl))
	cpuW4 := r["W4"].ratio(ours, curl, cpu)
	atMost("W4 CPU per MB, relative to libcurl", 0.06, "x", cpuW4, cpuW4 > 0)
	atLeast("W4 25 MB as BINARYMIME, relative to libcurl", 25, ratio("W4", oursBinary, curl))
	if w := r["W4"]; w != nil {
		small := w.median(ours, memory)
		atMost("W4 peak memory", 12, "MB", small, true)
		if big := r["W4-1GB"]; big != nil {
			atMost("W4 peak memory of 1 GB, relative to that of 25 MB", 1.05, "x", big.median(ours, memory)/small, true)
		}
	}
	all = append(all, latencyGoals(r)...)
	for _, n := range []string{"8", "32"} {
		w := r["W6-"+n]
		if w == nil {
			continue
		}
		best := max(w.median(curl, rate), w.median(curlMulti, rate))
		atLeast("W6 "+n+" sessions, DATA, relative to libcurl's best", 2, w.median(ours, rate)/best)
		atLeast("W6 "+n+" sessions, DATA, relative to net/smtp", 1.5, w.ratio(ours, netSMTP, rate))
		atLeast("W6 "+n+" sessions, BDAT, relative to libcurl's best", 3.5, w.median(oursBDAT, rate)/best)
		atLeast("W6 "+n+" sessions, relative to one csmtp session", 1, across(w, ours, r["W6-1"], ours))
	}
	all = append(all, startGoals(r, e)...)
	if c := e.calls; c != nil {
		atMost("W8 a call of a setter from C", 300, "ns", c.text, true)
		atMost("W8 growth of the process in a million calls", 256, "kB", c.grown, true)
	}
	atLeast("Go: package smtp, relative to net/smtp", 2, ratio("W1", oursGo, netSMTP))
	atLeast("Go: package smtp, relative to go-mail", 3, ratio("W1", oursGo, goMail))
	if w := r["W1"]; w != nil {
		atMost("Go: allocations per mail of package smtp", 5, "", w.median(oursGo, allocations), true)
	}
	return all
}

// latencyGoals returns the goals of W5.
func latencyGoals(r results) []*goal {
	var all []*goal
	add := func(about string, want float64, w *result, client, to string) {
		got := w.ratio(client, to, rate)
		all = append(all, &goal{about: about, want: want, unit: "x", got: got, absent: got == 0})
	}
	count := func(about string, want float64, w *result, less float64) {
		g := &goal{about: about, want: want, atMost: true, absent: w == nil}
		if w != nil {
			g.got = w.median(ours, turns) - less
		}
		all = append(all, g)
	}
	count("W5 100 recipients, flushes without EHLO and QUIT", 3, r["W5-100"], 2)
	add("W5 100 recipients, relative to smtp-source", 25, r["W5-100"], ours, source)
	add("W5 one by one on a kept session, relative to smtp-source", 1.95, r["W5"], ours, source)
	add("W5 SendBatch on a kept session, relative to smtp-source", 3.7, r["W5"], oursBatch, source)
	add("W5 new session with STARTTLS and login, relative to libcurl", 1.45, r["W5-new"], ours, curl)
	count("W5 flushes of a new session, from EHLO to QUIT", 8, r["W5-new"], 0)
	return all
}

// startGoals returns the goals of W7.
func startGoals(r results, e *extras) []*goal {
	var all []*goal
	if none, us := e.link["nothing"], e.link["csmtp"]; none != nil && us != nil {
		all = append(all,
			&goal{about: "W7 linking only, additional threads", want: 0, atMost: true, got: us.threads - none.threads},
			&goal{about: "W7 linking only, additional time", want: 1, atMost: true, unit: "ms", got: us.ms - none.ms},
			&goal{about: "W7 linking only, additional memory", want: 2, atMost: true, unit: "MB", got: us.memory - none.memory},
			&goal{about: "W7 size of the stripped library", want: 7, atMost: true, unit: "MB", got: e.size})
	}
	for _, name := range []string{"W7", "W7-tls"} {
		w := r[name]
		if w == nil || len(w.samples[curl]) == 0 {
			continue
		}
		kind := "cleartext"
		if name == "W7-tls" {
			kind = "TLS"
		}
		all = append(all,
			&goal{about: "W7 time to the first accepted mail, of libcurl's program relative to ours, " + kind, want: 1.5, unit: "x", got: w.ratio(curl, ours, rate)},
			&goal{about: "W7 memory, relative to libcurl's program, " + kind, want: 0.75, atMost: true, unit: "x", got: w.ratio(ours, curl, memory)})
	}
	return all
}

// across returns the ratio of the medians of two workloads.
func across(a *result, client string, b *result, to string) float64 {
	if a == nil || b == nil || b.median(to, rate) == 0 {
		return 0
	}
	return a.median(client, rate) / b.median(to, rate)
}

func writeGoals(w io.Writer, all []*goal) {
	fmt.Fprint(w, "| goal | target | measured | |\n|---|--:|--:|---|\n")
	for _, g := range all {
		bound := "≥"
		if g.atMost {
			bound = "≤"
		}
		got := figure(g.got) + unit(g.unit)
		if g.absent {
			got = "-"
		}
		fmt.Fprintf(w, "| %s | %s %s%s | %s | %s |\n", g.about, bound, figure(g.want), unit(g.unit), got, g.met())
	}
}

func unit(s string) string {
	if s == "" {
		return ""
	}
	return " " + s
}
