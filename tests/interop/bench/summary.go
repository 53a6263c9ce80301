// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"io"
)

// These lines enclose the summary in the project's README.md.
const (
	summaryBegin = "<!-- speed: written by ./build.sh bench -record -->\n"
	summaryEnd   = "<!-- end of speed -->\n"
)

// writeSummary writes a table of the chart's figures.
func writeSummary(w io.Writer, all results) {
	fmt.Fprint(w, "| | csmtp Send | csmtp SendBatch | libcurl | fastest of the others |\n|---|--:|--:|--:|---|\n")
	for _, p := range panels {
		r := all[p.name]
		if r == nil {
			continue
		}
		cell := func(client string) string {
			if len(r.samples[client]) == 0 {
				return ""
			}
			return figure(r.median(client, rate))
		}
		others := ""
		for _, client := range r.measured() { // the fastest first
			if !isOurs(client) {
				others = client + ", " + cell(client)
				break
			}
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s |\n", p.title, cell(ours), cell(oursBatch), cell(curl), others)
	}
}
