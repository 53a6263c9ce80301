// SPDX-License-Identifier: MIT

package interop

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// table collects results of parallel tests and prints them.
type table struct {
	mu      sync.Mutex
	corner  string
	columns []string
	rows    []string
	cells   map[[2]string]string
}

func newTable(corner string, columns []string) *table {
	return &table{corner: corner, columns: columns, cells: map[[2]string]string{}}
}

func (b *table) set(row, column, value string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cells[[2]string{row, column}] = value
	if !slices.Contains(b.rows, row) {
		b.rows = append(b.rows, row)
		slices.Sort(b.rows)
	}
}

func (b *table) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	grid := [][]string{append([]string{b.corner}, b.columns...)}
	for _, r := range b.rows {
		line := []string{r}
		for _, c := range b.columns {
			v := b.cells[[2]string{r, c}]
			if v == "" {
				v = "-"
			}
			line = append(line, v)
		}
		grid = append(grid, line)
	}
	width := make([]int, len(b.columns)+1)
	for _, line := range grid {
		for i, v := range line {
			width[i] = max(width[i], len(v))
		}
	}
	var out strings.Builder
	for _, line := range grid {
		for i, v := range line {
			fmt.Fprintf(&out, "%-*s  ", width[i], v)
		}
		out.WriteString("\n")
	}
	return out.String()
}
