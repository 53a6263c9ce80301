// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// ran describes one run of a program: the figures that measure.c reports about the run, and
// the output of the program.
type ran struct {
	start  int64 // ns since 1970
	wall   time.Duration
	cpu    time.Duration
	memory int64             // peak memory in kB
	says   map[string]string // the values that the program printed as name=value
}

// patience is the time limit of a driver.
const patience = 2 * time.Minute

// The method measured runs a program on one CPU, under the program measure (measure.c), and
// returns the figures.
func (b *bench) measured(cpu int, command ...string) (*ran, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, b.path("measure"), append([]string{strconv.Itoa(cpu)}, command...)...)
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var out, complaint bytes.Buffer
	cmd.ExtraFiles, cmd.Stdout, cmd.Stderr = []*os.File{w}, &out, &complaint
	cmd.Dir = b.dir
	cmd.WaitDelay = time.Second
	isolate(cmd)
	err = cmd.Run()
	w.Close()
	if err != nil {
		return nil, fmt.Errorf("%s: %w %s", strings.Join(command, " "), err, bytes.TrimSpace(complaint.Bytes()))
	}
	var wall, cpuTime int64
	ran := &ran{says: make(map[string]string)}
	if _, err := fmt.Fscan(r, &ran.start, &wall, &cpuTime, &ran.memory); err != nil {
		return nil, fmt.Errorf("%s: measure: %w", command[0], err)
	}
	ran.wall, ran.cpu = time.Duration(wall), time.Duration(cpuTime)*time.Microsecond
	for _, word := range strings.Fields(out.String()) {
		if name, value, ok := strings.Cut(word, "="); ok {
			ran.says[name] = value
		}
	}
	return ran, nil
}

func (r *ran) number(name string) float64 {
	v, _ := strconv.ParseFloat(r.says[name], 64)
	return v
}
