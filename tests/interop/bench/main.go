// SPDX-License-Identifier: MIT

package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// settings are the options of the command line.
type settings struct {
	dir     string // the folder of the drivers and results
	library string
	here    string // the folder of the benchmark's source, for -record
	quick   bool
	big     bool
	record  bool
	only    string
	rounds  int
	nice    int
}

func main() {
	var s settings
	flag.StringVar(&s.dir, "dir", ".", "`folder` of the drivers; results are written there")
	flag.StringVar(&s.library, "library", "", "libcsmtp.so")
	flag.StringVar(&s.here, "here", ".", "`folder` of the benchmark's source, for -record")
	flag.BoolVar(&s.quick, "quick", false, "a quick run of about a minute, to check that everything works; its figures are not accurate")
	flag.BoolVar(&s.big, "big", false, "also send the file of 1 GB with the other clients (takes a few more minutes)")
	flag.BoolVar(&s.record, "record", false, "write the results into README.md and results.svg in the source folder")
	flag.StringVar(&s.only, "only", "", "only workloads whose name begins with one of these `names`, e.g. W1,W4")
	flag.IntVar(&s.rounds, "rounds", 0, "rounds of each workload (default 5; with -quick 1)")
	flag.IntVar(&s.nice, "nice", 0, "niceness of all processes; a negative one, as root, reduces the influence of other processes")
	flag.Parse()
	if s.rounds <= 0 {
		s.rounds = 5
		if s.quick {
			s.rounds = 1
		}
	}
	if err := run(&s); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(s *settings) error {
	start, load := time.Now(), machineLoad()
	if s.nice != 0 {
		if err := syscall.Setpriority(syscall.PRIO_PROCESS, 0, s.nice); err != nil {
			return fmt.Errorf("-nice %d: %w", s.nice, err)
		}
	}
	b, err := newBench(s)
	if err != nil {
		return err
	}
	defer b.stop()
	all := results{}
	order := workloads(s)
	for _, w := range order {
		if !s.wants(w.name) || s.quick && w.task.file == fileBig {
			continue
		}
		fmt.Fprintf(os.Stderr, "== %s: %s\n", w.name, w.title)
		r, err := b.measure(w)
		if err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
		all[w.name] = r
	}
	extras, err := b.extras()
	if err != nil {
		return err
	}
	report := &report{settings: s, results: all, extras: extras, order: order, took: time.Since(start), load: load}
	return report.write()
}

// wants reports whether -only selects a workload.
func (s *settings) wants(name string) bool {
	if s.only == "" {
		return true
	}
	for _, prefix := range strings.Split(s.only, ",") {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

func (s *settings) path(name string) string { return filepath.Join(s.dir, name) }
