// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"strconv"
)

// These are the names of the clients in the tables.
const (
	ours       = "csmtp Send"
	oursRaw    = "csmtp SendRaw"
	oursBatch  = "csmtp SendBatch"
	oursChunks = "csmtp SendBatch, BDAT"
	oursBDAT   = "csmtp Send, BDAT"
	oursBinary = "csmtp Send, BINARYMIME"
	oursGo     = "csmtp package smtp (Go)"
	oursPool   = "csmtp pool"
	source     = "smtp-source (Postfix)"
	curl       = "libcurl"
	curlMulti  = "libcurl, multi interface"
	esmtp      = "libesmtp"
	poco       = "POCO Net"
	vmime      = "VMime"
	netSMTP    = "net/smtp (Go)"
	goMail     = "go-mail (Go)"
	nodemailer = "Nodemailer"
	smtplib    = "smtplib (Python)"
)

// These rows of the tables show the upper limit of the system: drivers/floor.c sends
// prepared octets through blocking sockets.
const (
	floor         = "no client: fixed octets"
	floorBatch    = "no client: fixed octets, batch"
	floorStepwise = "no client: fixed octets, stepwise"
)

// earlier is added to the name of a client of ours that is measured with an earlier version
// of the library. earlierProgram is the driver.
const (
	earlier        = ", earlier version"
	earlierProgram = "./csmtp-earlier"
)

func init() {
	for client, command := range commands {
		if command[0] == "./csmtp" && client != oursPool {
			commands[client+earlier] = append([]string{earlierProgram}, command[1:]...)
		}
	}
}

// commands maps each client except smtp-source to its command. task.source returns the
// command for smtp-source.
var commands = map[string][]string{
	ours:       {"./csmtp"},
	oursRaw:    {"./csmtp", "mode=raw"},
	oursBatch:  {"./csmtp", "mode=batch"},
	oursChunks: {"./csmtp", "mode=batch-bdat"},
	oursBDAT:   {"./csmtp", "mode=bdat"},
	oursBinary: {"./csmtp", "mode=binary"},
	oursGo:     {"./gosmtp", "mode=csmtp"},
	oursPool:   {"./csmtp", "mode=pool"},
	curl:       {"./curl"},
	curlMulti:  {"./curl", "mode=multi"},
	esmtp:      {"./esmtp"},
	poco:       {"./poco"},
	vmime:      {"./vmime"},
	netSMTP:    {"./gosmtp", "mode=netsmtp"},
	goMail:     {"./gosmtp", "mode=gomail"},
	nodemailer: {"node", "node/nodemailer.js"},
	smtplib:    {"python3", "smtplib_mails.py"},

	floor:         {"./floor"},
	floorBatch:    {"./floor", "mode=batch"},
	floorStepwise: {"./floor", "mode=stepwise"},
}

// task describes what a client has to do.
type task struct {
	mails      int // per concurrent session
	sessions   int // concurrent sessions
	recipients int
	fresh      bool // whether each mail gets a new session
	starttls   bool
	login      bool
	file       string // the file to attach
}

// command returns the program and its arguments.
func (t *task) command(client, port string) []string {
	if client == source {
		return t.source(port)
	}
	c := append([]string{}, commands[client]...)
	c = append(c, "port="+port, fmt.Sprintf("mails=%d", t.mails), fmt.Sprintf("sessions=%d", t.sessions),
		fmt.Sprintf("recipients=%d", t.recipients), "message=mail.eml")
	for name, set := range map[string]bool{"fresh": t.fresh, "starttls": t.starttls, "login": t.login} {
		if set {
			c = append(c, name+"=1")
		}
	}
	if t.starttls {
		c = append(c, "ca=ca.pem")
	}
	if t.file != "" {
		c = append(c, "file="+t.file)
	}
	return c
}

// source returns the command for smtp-source. This program sends a header of 122 octets
// in addition to the octets given by -l.
func (t *task) source(port string) []string {
	c := []string{"/usr/sbin/smtp-source", "-l", "878", "-f", "sender@bench.example", "-t", "recipient@bench.example",
		"-m", strconv.Itoa(t.mails * t.sessions), "-s", strconv.Itoa(t.sessions)}
	if !t.fresh {
		c = append(c, "-d")
	}
	if t.recipients > 1 {
		c = append(c, "-r", strconv.Itoa(t.recipients))
	}
	return append(c, "127.0.0.1:"+port)
}
