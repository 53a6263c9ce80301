// SPDX-License-Identifier: MIT

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// extras contains the figures that are measured without a sink: the cost of linking with
// a library, and the cost of a call.
type extras struct {
	link  map[string]*linked // by library; the key "nothing" is a program without a library
	calls *calls
	size  float64 // the size of the stripped libcsmtp.so, in MB
}

// linked contains medians for a program that is linked with a library but does not call it.
type linked struct{ ms, memory, threads float64 }

// calls contains medians measured with setter.c: the time of each call in ns, and the
// growth of the process in kB.
type calls struct{ text, number, getter, grown float64 }

func (b *bench) extras() (*extras, error) {
	e := new(extras)
	if b.wants("W7") {
		if err := b.linking(e); err != nil {
			return nil, err
		}
	}
	if !b.wants("W8") {
		return e, nil
	}
	mails := "mails=1000000"
	if b.quick {
		mails = "mails=50000"
	}
	var text, number, getter, grown []float64
	for range b.rounds {
		r, err := b.measured(b.clientCPU, "./setter", mails)
		if err != nil {
			return nil, err
		}
		text, number = append(text, r.number("text")), append(number, r.number("number"))
		getter, grown = append(getter, r.number("getter")), append(grown, r.number("grown"))
	}
	e.calls = &calls{median(text), median(number), median(getter), median(grown)}
	return e, nil
}

func (b *bench) linking(e *extras) error {
	e.link = make(map[string]*linked)
	ms, memory, threads := map[string][]float64{}, map[string][]float64{}, map[string][]float64{}
	for range 8 * b.rounds {
		for _, library := range []string{"nothing", "csmtp", "curl"} {
			if _, err := os.Stat(b.path("link-" + library)); err != nil {
				continue
			}
			r, err := b.measured(b.clientCPU, "./link-"+library)
			if err != nil {
				return err
			}
			ms[library] = append(ms[library], r.wall.Seconds()*1000)
			memory[library] = append(memory[library], float64(r.memory)*1024/mega)
			threads[library] = append(threads[library], r.number("threads"))
		}
	}
	for library := range ms {
		e.link[library] = &linked{median(ms[library]), median(memory[library]), median(threads[library])}
	}
	return b.stripped(e)
}

// stripped measures the size of the stripped library.
func (b *bench) stripped(e *extras) error {
	library, err := filepath.EvalSymlinks(b.library)
	if err != nil {
		return err
	}
	copied := b.path("stripped.so")
	if out, err := exec.Command("strip", "-o", copied, library).CombinedOutput(); err != nil {
		os.Stderr.WriteString("strip: " + strings.TrimSpace(string(out)) + "\n")
		return err
	}
	defer os.Remove(copied)
	info, err := os.Stat(copied)
	if err == nil {
		e.size = float64(info.Size()) / mega
	}
	return err
}
