// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMedian(t *testing.T) {
	assert.Equal(t, 0.0, median(nil))
	assert.Equal(t, 2.0, median([]float64{9, 1, 2}))
	assert.Equal(t, 2.5, median([]float64{3, 9, 1, 2}))
}

func TestFigure(t *testing.T) {
	for want, v := range map[string]float64{
		"0": 0, "0.004": 0.004, "0.27": 0.27, "1": 1, "3.70": 3.7, "25.2": 25.2, "12": 12, "104": 104.2, "1,202": 1202,
		"115,360": 115356, "1,000,000": 1e6, "-1.50": -1.5,
	} {
		assert.Equal(t, want, figure(v), v)
	}
}

// twoRounds returns a result in which the machine was slower in the second round.
func twoRounds() *result {
	return &result{
		workload: &workload{name: "W1", title: "a test", unit: "mails/s", clients: []string{source, ours, curl, oursBatch, oursChunks}, base: source},
		samples: map[string][]*sample{
			ours:   {{rate: 300, cpu: 4}, {rate: 30, cpu: 4}},
			source: {{rate: 100, cpu: 10}, {rate: 10, cpu: 10}},
			curl:   {{rate: 50, cpu: 20}, {rate: 5, cpu: 20}},

			oursChunks: {{rate: 9000, cpu: 1}, {rate: 900, cpu: 1}},
			oursBDAT:   {{rate: 200, cpu: 1}, {rate: 20, cpu: 1}}, // not in clients
		},
	}
}

func TestRatioIsTakenWithinARound(t *testing.T) {
	r := twoRounds()
	assert.Equal(t, 3.0, r.ratio(ours, source, rate))
	assert.Equal(t, 0.4, r.ratio(ours, source, cpu))
	assert.Equal(t, 0.0, r.ratio(oursBatch, source, rate), "not measured")
	assert.Equal(t, 0.0, (*result)(nil).ratio(ours, source, rate))
	assert.Equal(t, []string{oursChunks, ours, source, curl, oursBatch}, r.ranked())
	assert.Equal(t, []string{ours, source, curl}, r.measured())
}

func TestGoals(t *testing.T) {
	met := make(map[string]string)
	for _, g := range goals(results{"W1": twoRounds()}, &extras{}, nil) {
		met[g.about] = g.met()
	}
	assert.Equal(t, "met", met["W1 "+ours+", relative to "+source])
	assert.Equal(t, "not measured", met["W1 "+ours+", CPU relative to "+floor])
	assert.Equal(t, "met", met["W1 "+ours+", relative to "+curl])
	assert.Equal(t, "not measured", met["W1 "+oursBatch+", relative to "+source])
	assert.Equal(t, "not met", met["W1 "+oursBDAT+", relative to "+source])
}

// A client must not be slower than with the earlier version. In milliseconds, less is better.
func TestGoalsOfAnEarlierVersion(t *testing.T) {
	clients := withEarlier([]string{ours, oursPool, curl})
	assert.Equal(t, []string{ours, ours + earlier, oursPool, curl}, clients)
	fast := map[string][]*sample{ours: {{rate: 200}}, ours + earlier: {{rate: 100}}}
	for unit, want := range map[string]string{"mails/s": "met", "ms": "not met"} {
		w := &workload{name: "W", unit: unit, clients: clients}
		var got []string
		for _, g := range goals(results{"W": {workload: w, samples: fast}}, &extras{}, []*workload{w}) {
			if strings.Contains(g.about, earlier) {
				got = append(got, g.met())
			}
		}
		assert.Equal(t, []string{want}, got, unit)
	}
	chart := &result{workload: &workload{clients: clients}, samples: fast}
	assert.Equal(t, []string{ours}, chart.measured())
}

func TestTablesAndChart(t *testing.T) {
	s := &settings{dir: t.TempDir(), rounds: 2}
	r := &report{settings: s, results: results{"W1": twoRounds()}, extras: &extras{calls: &calls{text: 200}}, order: workloads(s)}
	var tables, chart bytes.Buffer
	r.tables(&tables)
	assert.Contains(t, tables.String(), "| **csmtp Send** | 165 | 3 | 4 | 0 | 0 |\n")
	assert.Contains(t, tables.String(), "| csmtp SendBatch | - | - | - | - | - |\n")
	assert.Contains(t, tables.String(), "| CSmtp_SetSubject | 200 |\n")
	drawChart(&chart, r.results)
	decoder := xml.NewDecoder(&chart)
	bars := 0
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "rect" {
			bars++
		}
	}
	assert.Equal(t, 1+3, bars, "the background, and a bar for each measured client except batches by BDAT")
}

func TestReplaceResults(t *testing.T) {
	file := filepath.Join(t.TempDir(), "README.md")
	require.NoError(t, os.WriteFile(file, []byte("before\n"+resultsBegin+"old\n"+resultsEnd+"after\n"), 0o644))
	require.NoError(t, replaceBetween(file, resultsBegin, resultsEnd, "new\n"))
	got, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "before\n"+resultsBegin+"\nnew\n\n"+resultsEnd+"after\n", string(got))
	require.NoError(t, os.WriteFile(file, []byte("nothing\n"), 0o644))
	assert.ErrorContains(t, replaceBetween(file, resultsBegin, resultsEnd, "new\n"), "no place for results")
}

// The summary compares the clients that the chart shows.
func TestSummary(t *testing.T) {
	w := &workload{name: "W1", unit: "mails/s", clients: []string{ours, curl, source, floor, oursChunks}, base: curl}
	r := &result{workload: w, samples: map[string][]*sample{}}
	for client, v := range map[string]float64{ours: 200, curl: 50, source: 70, floor: 900, oursChunks: 800} {
		r.samples[client] = []*sample{{rate: v}}
	}
	var b strings.Builder
	writeSummary(&b, results{"W1": r})
	assert.Contains(t, b.String(), "| 1 KB mails over one session, mails/s | 200 |  | 50 | smtp-source (Postfix), 70 |\n")
}
