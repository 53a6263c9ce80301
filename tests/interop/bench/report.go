// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// report contains the results of a run.
type report struct {
	*settings
	results results
	extras  *extras
	order   []*workload
	took    time.Duration
	load    string // the machine's load average at the start
}

// write prints the tables, and writes the tables and the chart to the folder of the
// drivers. With -record, it also writes both to the folder of the benchmark's source, and a
// summary to the project's README.md.
func (r *report) write() error {
	var tables, chart bytes.Buffer
	r.tables(&tables)
	drawChart(&chart, r.results)
	if _, err := os.Stdout.Write(tables.Bytes()); err != nil {
		return err
	}
	folders := map[string]string{"results.md": r.path("results.md"), "results.svg": r.path("results.svg")}
	if err := os.WriteFile(folders["results.md"], tables.Bytes(), 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(folders["results.svg"], chart.Bytes(), 0o644); err != nil {
		return err
	}
	if !r.record {
		return nil
	}
	if err := os.WriteFile(filepath.Join(r.here, "results.svg"), chart.Bytes(), 0o644); err != nil {
		return err
	}
	if err := replaceBetween(filepath.Join(r.here, "README.md"), resultsBegin, resultsEnd, tables.String()); err != nil {
		return err
	}
	var summary bytes.Buffer
	writeSummary(&summary, r.results)
	return replaceBetween(filepath.Join(r.here, "../../../README.md"), summaryBegin, summaryEnd, summary.String())
}

// These lines enclose the results in README.md.
const (
	resultsBegin = "<!-- results: written by ./build.sh bench -record -->\n"
	resultsEnd   = "<!-- end of results -->\n"
)

func replaceBetween(file, begin, end, text string) error {
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(old), begin)
	_, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		return fmt.Errorf("%s has no place for results: the lines %q and %q are missing", file, begin, end)
	}
	return os.WriteFile(file, []byte(before+begin+"\n"+text+"\n"+end+after), 0o644)
}

func (r *report) tables(w io.Writer) {
	fmt.Fprintf(w, "%s. Load of the machine at the start: %s. %d rounds, %s in all.\n\n", machine(), r.load, r.rounds, r.took.Round(time.Second))
	if r.quick {
		fmt.Fprint(w, "This was a quick run; its figures are not accurate.\n\n")
	}
	fmt.Fprint(w, "### Goals\n\n")
	writeGoals(w, goals(r.results, r.extras, r.order))
	for _, load := range r.order {
		if got := r.results[load.name]; got != nil {
			writeResult(w, got)
		}
	}
	r.extras.write(w)
}

// writeResult writes the table of a workload. The fastest client comes first.
func writeResult(w io.Writer, r *result) {
	fmt.Fprintf(w, "\n### %s: %s\n\n", r.name, r.title)
	slow := r.unit == "ms"
	work := "CPU µs/mail"
	if r.unit == "MB/s" {
		work = "CPU ms/MB"
	}
	withTurns := r.sink == "" && !r.postfix && !slow || strings.Contains(r.sink, "latency") || strings.HasPrefix(r.name, "W1-plain")
	fmt.Fprintf(w, "| client | %s | x %s | %s | peak MB |", r.unit, shortName(r.base), work)
	rule := "|---|--:|--:|--:|--:|"
	if withTurns {
		fmt.Fprint(w, " round trips/mail |")
		rule += "--:|"
	}
	fmt.Fprintf(w, "\n%s\n", rule)
	for _, client := range r.ranked() {
		if len(r.samples[client]) == 0 {
			fmt.Fprintf(w, "| %s | - | - | - | - |%s\n", client, map[bool]string{true: " - |"}[withTurns])
			continue
		}
		ratio := r.ratio(client, r.base, rate)
		if slow {
			ratio = r.ratio(r.base, client, rate) // a shorter time is better
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s |", emphasized(client), figure(r.median(client, rate)), figure(ratio),
			figure(r.median(client, cpu)), figure(r.median(client, memory)))
		if withTurns {
			fmt.Fprintf(w, " %s |", figure(r.median(client, turns)))
		}
		fmt.Fprintln(w)
	}
	if r.name == "W1" {
		writeAllocations(w, r)
	}
}

func writeAllocations(w io.Writer, r *result) {
	var parts []string
	for _, client := range []string{oursGo, netSMTP, goMail} {
		if len(r.samples[client]) > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", client, figure(r.median(client, allocations))))
		}
	}
	if len(parts) > 0 {
		fmt.Fprintf(w, "\nAllocations per mail: %s.\n", strings.Join(parts, ", "))
	}
}

func (e *extras) write(w io.Writer) {
	if len(e.link) > 0 {
		fmt.Fprint(w, "\n### W7: start of a program that links the library and calls nothing\n\n| library | ms | peak MB | threads |\n|---|--:|--:|--:|\n")
		for _, name := range []string{"nothing", "csmtp", "curl"} {
			if l := e.link[name]; l != nil {
				fmt.Fprintf(w, "| %s | %s | %s | %s |\n", name, figure(l.ms), figure(l.memory), figure(l.threads))
			}
		}
		fmt.Fprintf(w, "\nlibcsmtp.so, stripped: %s MB.\n", figure(e.size))
	}
	if c := e.calls; c != nil {
		fmt.Fprintf(w, "\n### W8: calls from C into the library\n\n| call | ns |\n|---|--:|\n| CSmtp_SetSubject | %s |\n| CSmtp_SetXPriority | %s |\n| CSmtp_GetMsgLines | %s |\n",
			figure(c.text), figure(c.number), figure(c.getter))
		fmt.Fprintf(w, "\nThe process grew by %s kB during the calls.\n", figure(c.grown))
	}
}

// machine returns a line that describes the machine.
func machine() string {
	model := runtime.GOARCH
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(info)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	return fmt.Sprintf("%s, %d CPUs, Linux %s, %s, %s", model, runtime.NumCPU(), strings.TrimSpace(string(kernel)),
		runtime.Version(), time.Now().Format(time.DateOnly))
}

// machineLoad returns the load average of the last minute. If it is above about 0.5,
// the figures are not reliable.
func machineLoad() string {
	text, _ := os.ReadFile("/proc/loadavg")
	load, _, _ := strings.Cut(string(text), " ")
	return load
}
