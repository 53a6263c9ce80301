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
	atMost bool // whether 'want' is an upper limit
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

// goalList collects goals.
type goalList struct {
	r   results
	all []*goal
}

// add adds a goal. A figure of 0 means that the figure was not measured.
func (l *goalList) add(about string, want float64, atMost bool, unit string, got float64) {
	l.all = append(l.all, &goal{about: about, want: want, atMost: atMost, unit: unit, got: got, absent: got == 0})
}

// faster adds a goal for the rate of a client relative to that of another client.
func (l *goalList) faster(workload, client, than string, want float64) {
	l.add(fmt.Sprintf("%s %s, relative to %s", workload, client, than), want, false, "x", l.r[workload].ratio(client, than, rate))
}

// thrifty adds a goal for the CPU time of a client relative to that of another client.
func (l *goalList) thrifty(workload, client, than string, want float64) {
	l.add(fmt.Sprintf("%s %s, CPU relative to %s", workload, client, than), want, true, "x", l.r[workload].ratio(client, than, cpu))
}

// goals returns the goals, each with the figure that was measured.
func goals(r results, e *extras, order []*workload) []*goal {
	l := &goalList{r: r}
	l.keptSessions()
	l.newSessions()
	l.files()
	l.latency()
	l.manySessions()
	l.start(e)
	l.earlierVersion(order)
	return l.all
}

// keptSessions adds the goals of workloads W1 and W2.
func (l *goalList) keptSessions() {
	l.faster("W1", ours, source, 1.5)
	for _, peer := range []string{curl, poco, vmime, netSMTP, goMail, nodemailer, smtplib} {
		l.faster("W1", ours, peer, 1)
	}
	l.thrifty("W1", ours, floor, 2.3)
	l.faster("W1", oursBDAT, source, 2.3)
	l.faster("W1", oursBDAT, esmtp, 1.25)
	l.thrifty("W1", oursBDAT, floor, 1.65)
	l.faster("W1-plain", ours, source, 1)
	l.faster("W1-plain", ours, esmtp, 1)
	l.thrifty("W1-plain", ours, floorStepwise, 1.8)
	l.faster("W1", oursBatch, source, 2.7)
	l.faster("W1", oursBatch, esmtp, 1.4)
	l.thrifty("W1", oursBatch, floorBatch, 2.8)
	l.faster("W1", oursChunks, source, 6.5)
	l.faster("W1", oursChunks, esmtp, 3.5)
	l.thrifty("W1", oursChunks, floorBatch, 1.6)
	l.faster("W2", ours, curl, 2.9)
	l.faster("W2", oursBDAT, curl, 4.1)
	l.faster("W2", oursBatch, curl, 5.3)
}

// newSessions adds the goals of workload W3.
func (l *goalList) newSessions() {
	l.faster("W3-clear", ours, source, 1.08)
	l.faster("W3-clear", ours, esmtp, 1)
	l.thrifty("W3-clear", ours, floor, 2)
	l.faster("W3-full", ours, curl, 1.45)
	l.add("W3-resumed "+ours+", relative to "+curl+" with a full handshake", 1.65, false, "x", across(l.r["W3-resumed"], ours, l.r["W3-full"], curl))
}

// files adds the goals of workload W4.
func (l *goalList) files() {
	l.faster("W4", ours, curl, 25)
	l.thrifty("W4", ours, curl, 0.04)
	if w := l.r["W4"]; w != nil {
		small := w.median(ours, memory)
		l.add("W4 "+ours+", peak memory", 12, true, "MB", small)
		if big := l.r["W4-1GB"]; big != nil {
			l.add("W4 "+ours+", peak memory of 1 GB, relative to that of 25 MB", 1.05, true, "x", big.median(ours, memory)/small)
		}
	}
}

// latency adds the goals of workload W5.
func (l *goalList) latency() {
	flushes := func(about string, want float64, w *result, less float64) {
		if w != nil && w.median(ours, turns) > 0 {
			l.all = append(l.all, &goal{about: about, want: want, atMost: true, got: w.median(ours, turns) - less})
		}
	}
	flushes("W5-100 "+ours+", flushes without EHLO and QUIT", 3, l.r["W5-100"], 2)
	l.faster("W5-100", ours, source, 25)
	l.faster("W5", ours, source, 1.95)
	l.faster("W5", oursBatch, source, 3.7)
	l.faster("W5-new", ours, curl, 1.45)
	flushes("W5-new "+ours+", flushes from EHLO to QUIT", 8, l.r["W5-new"], 0)
}

// manySessions adds the goals of workload W6.
func (l *goalList) manySessions() {
	for _, w := range []string{"W6-8", "W6-32"} {
		want := map[string]float64{"W6-8": 1.1, "W6-32": 1}[w]
		l.faster(w, ours, netSMTP, want)
		l.thrifty(w, ours, floor, 2.5)
		for _, client := range []string{oursGo, oursPool} {
			l.faster(w, client, netSMTP, 1.5)
			l.faster(w, client, source, 1.25)
			l.thrifty(w, client, floor, 1.7)
		}
	}
}

// start adds the goals of workloads W7 and W8.
func (l *goalList) start(e *extras) {
	for _, w := range []string{"W7", "W7-tls"} {
		want := map[string]float64{"W7": 1.6, "W7-tls": 1.5}[w]
		l.faster(w, curl, ours, want) // the unit is ms
		l.add(w+" "+ours+", relative to "+netSMTP, 1.1, true, "x", l.r[w].ratio(ours, netSMTP, rate))
	}
	if none, us := e.link["nothing"], e.link["csmtp"]; none != nil && us != nil {
		l.all = append(l.all, &goal{about: "W7 linking only, additional threads", atMost: true, got: us.threads - none.threads})
		l.add("W7 linking only, additional time", 1, true, "ms", us.ms-none.ms)
		l.add("W7 linking only, additional memory", 2.1, true, "MB", us.memory-none.memory)
		l.add("W7 size of the stripped library", 11, true, "MB", e.size)
	}
	if c := e.calls; c != nil {
		l.add("W8 a call to a setter from C", 1300, true, "ns", c.text)
		l.all = append(l.all, &goal{about: "W8 growth of the process in a million calls", want: 256, atMost: true, unit: "kB", got: c.grown})
	}
}

// earlierVersion adds a goal for each client that was also measured with an earlier version: the
// client is not slower than with that version.
func (l *goalList) earlierVersion(order []*workload) {
	for _, w := range order {
		for _, client := range w.clients {
			if r := l.r[w.name]; r == nil || len(r.samples[client+earlier]) == 0 {
				continue
			}
			if w.unit == "ms" {
				l.faster(w.name, client+earlier, client, 1)
			} else {
				l.faster(w.name, client, client+earlier, 1)
			}
		}
	}
}

// across returns the ratio of the median rate of 'client' in a to that of 'to' in b, or 0 if
// a or b was not measured.
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
