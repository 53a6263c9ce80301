// SPDX-License-Identifier: MIT

// Command sink is the server of the benchmarks. It accepts mails, counts them and
// discards them. It reads commands from standard input and writes answers to standard
// output:
//
//	open tls=starttls pipelining=1 latency=20ms   ->  port 40123
//	close 40123                                   ->  {"mails":1000,...}
//
// Each run opens a new listener, which has its own counters.
package main

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

func main() {
	certificate := flag.String("cert", "", "PEM `file` with certificate and key, for TLS")
	flag.Parse()
	var identity *tls.Certificate
	if *certificate != "" {
		c, err := tls.LoadX509KeyPair(*certificate, *certificate)
		if err != nil {
			fmt.Fprintln(os.Stderr, "sink:", err)
			os.Exit(1)
		}
		identity = &c
	}
	if err := serve(os.Stdin, os.Stdout, identity); err != nil {
		fmt.Fprintln(os.Stderr, "sink:", err)
		os.Exit(1)
	}
}

// serve executes commands until its input ends.
func serve(orders io.Reader, answers io.Writer, identity *tls.Certificate) error {
	open := make(map[int]*listener)
	lines := bufio.NewScanner(orders)
	for lines.Scan() {
		verb, rest, _ := strings.Cut(lines.Text(), " ")
		switch verb {
		case "open":
			o, err := parseOptions(rest)
			if err != nil {
				return err
			}
			l, err := listen(o, identity)
			if err != nil {
				return err
			}
			open[l.port()] = l
			fmt.Fprintf(answers, "port %d\n", l.port())
		case "close":
			port, _ := strconv.Atoi(rest)
			l := open[port]
			if l == nil {
				return fmt.Errorf("close %s: no such listener", rest)
			}
			delete(open, port)
			if err := json.NewEncoder(answers).Encode(l.close()); err != nil {
				return err
			}
		default:
			return fmt.Errorf("unknown command %q", lines.Text())
		}
	}
	return lines.Err()
}
