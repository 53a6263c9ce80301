// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"html"
	"io"
	"strings"
)

// panels lists the workloads that the chart shows.
var panels = []struct{ name, title string }{
	{"W1", "1 KB mails over one session, mails/s"},
	{"W2", "1 KB mails over one session with TLS, mails/s"},
	{"W4", "a file of 25 MB over TLS, MB/s"},
	{"W3-full", "a new session with STARTTLS and login for each mail, mails/s"},
	{"W5-100", "one mail to 100 recipients, 20 ms per round trip, mails/s"},
	{"W6-8", "8 sessions at once, mails/s"},
}

const (
	chartWidth  = 760
	nameWidth   = 200
	barsWidth   = 460
	rowHeight   = 20
	panelMargin = 44
)

// drawChart writes an SVG with horizontal bars, the fastest client first.
func drawChart(w io.Writer, all results) {
	height := 12
	for _, p := range panels {
		if r := all[p.name]; r != nil {
			height += panelMargin + rowHeight*len(r.measured())
		}
	}
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12" role="img">`+"\n",
		chartWidth, height, chartWidth, height)
	fmt.Fprintf(w, "<title>csmtp compared with other mail clients</title>\n<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n", chartWidth, height)
	y := 0
	for _, p := range panels {
		r := all[p.name]
		if r == nil {
			continue
		}
		y = drawPanel(w, r, p.title, y)
	}
	fmt.Fprintln(w, "</svg>")
}

func drawPanel(w io.Writer, r *result, title string, y int) int {
	fmt.Fprintf(w, "<text x=\"12\" y=\"%d\" font-size=\"14\" font-weight=\"bold\" fill=\"#1f2328\">%s</text>\n", y+28, html.EscapeString(title))
	y += panelMargin - 8
	clients := r.measured()
	most := 0.0
	for _, client := range clients {
		most = max(most, r.median(client, rate))
	}
	for _, client := range clients {
		v := r.median(client, rate)
		colour := "#9aa4b0"
		if isOurs(client) {
			colour = "#1a7f5a"
		}
		length := max(v/most*barsWidth, 1)
		fmt.Fprintf(w, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"#1f2328\">%s</text>", nameWidth-8, y+14, html.EscapeString(client))
		fmt.Fprintf(w, "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>", nameWidth, y+3, length, rowHeight-6, colour)
		fmt.Fprintf(w, "<text x=\"%.1f\" y=\"%d\" fill=\"#1f2328\">%s</text>\n", nameWidth+length+6, y+14, figure(v))
		y += rowHeight
	}
	return y + 8
}

// measured returns the measured clients that the chart shows, the fastest first. It omits
// batches by BDAT and the rows of floor.c, which are so fast that all other bars would be very
// short, and earlier versions.
func (r *result) measured() []string {
	var clients []string
	for _, client := range r.ranked() {
		if len(r.samples[client]) > 0 && client != oursChunks && !isFloor(client) && !strings.HasSuffix(client, earlier) {
			clients = append(clients, client)
		}
	}
	return clients
}
