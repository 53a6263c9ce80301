// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"strings"
	"time"
)

// options are the options of one listener.
type options struct {
	tls        string // "none" or "starttls"
	pipelining bool
	chunking   bool // CHUNKING and BINARYMIME
	auth       bool // whether AUTH PLAIN is offered; if the sink offers TLS, it offers AUTH only within TLS
	tickets    bool // whether clients can resume TLS sessions
	latency    time.Duration
}

func parseOptions(s string) (options, error) {
	o := options{tls: "none", pipelining: true, chunking: true, tickets: true}
	for _, word := range strings.Fields(s) {
		name, value, _ := strings.Cut(word, "=")
		switch name {
		case "tls":
			if value != "none" && value != "starttls" {
				return o, fmt.Errorf("tls=%s: use none or starttls", value)
			}
			o.tls = value
		case "pipelining":
			o.pipelining = value == "1"
		case "chunking":
			o.chunking = value == "1"
		case "auth":
			o.auth = value == "1"
		case "tickets":
			o.tickets = value == "1"
		case "latency":
			d, err := time.ParseDuration(value)
			if err != nil {
				return o, err
			}
			o.latency = d
		default:
			return o, fmt.Errorf("unknown option %q", name)
		}
	}
	return o, nil
}

// ehlo returns the reply to EHLO.
func (o *options) ehlo(secured bool) string {
	lines := []string{"sink"}
	if o.pipelining {
		lines = append(lines, "PIPELINING")
	}
	lines = append(lines, "8BITMIME", "SIZE 2147483648", "ENHANCEDSTATUSCODES")
	if o.chunking {
		lines = append(lines, "CHUNKING", "BINARYMIME")
	}
	if o.tls == "starttls" && !secured {
		lines = append(lines, "STARTTLS")
	} else if o.auth {
		lines = append(lines, "AUTH PLAIN")
	}
	var b strings.Builder
	for i, line := range lines {
		between := "-"
		if i == len(lines)-1 {
			between = " "
		}
		fmt.Fprintf(&b, "250%s%s\r\n", between, line)
	}
	return b.String()
}
