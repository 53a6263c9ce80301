// SPDX-License-Identifier: MIT

package main

import "os"

// workload is a task with which several clients are compared.
type workload struct {
	name, title string
	unit        string // the unit of the rate: "mails/s" or "MB/s"; "ms" for the time since the process started
	clients     []string
	base        string // the client to which the others are compared
	task        task
	sink        string // options of the sink
	postfix     bool   // whether Postfix's smtp-sink is used instead of our sink
	apart       bool   // whether client and sink run on different CPUs
	last        bool   // whether the time ends at the last reply, and not at the last accepted mail
	together    bool   // whether all clients run at the same time; set if the clients mostly wait
	first, most int    // mails for the calibration, and the maximum; if equal, there is no calibration
}

var everybody = []string{ours, oursRaw, oursBDAT, source, curl, esmtp, poco, vmime, oursGo, netSMTP, goMail, nodemailer, smtplib}

// secured contains the clients for workloads with TLS. It omits libesmtp, which hangs after
// STARTTLS with TLS 1.3, and smtp-source, which does not support TLS.
var secured = []string{ours, oursRaw, oursBDAT, curl, poco, vmime, oursGo, netSMTP, goMail, nodemailer, smtplib}

var (
	kept             = append([]string{oursBatch, oursChunks}, everybody...)
	keptSecured      = append([]string{oursBatch, oursChunks}, secured...)
	beginners        = []string{ours, source, curl, esmtp, poco, vmime, oursGo, netSMTP, goMail, nodemailer, smtplib}
	securedBeginners = []string{ours, curl, poco, vmime, oursGo, netSMTP, goMail, nodemailer, smtplib}
)

const (
	fileSmall = "file-25MB.bin"
	fileBig   = "file-1GB.bin"
	mega      = 1_000_000
	sizeSmall = 25 * mega
	sizeBig   = 1000 * mega
)

func workloads(s *settings) []*workload {
	one := func(t task) task {
		t.sessions, t.recipients = max(t.sessions, 1), max(t.recipients, 1)
		return t
	}
	all := []*workload{
		{name: "W1", title: "1 KB mails over one cleartext session", unit: "mails/s", clients: append([]string{floor, floorBatch}, kept...), base: source,
			task: one(task{}), first: 200, most: 200_000},
		{name: "W1-plain", title: "the same, server without PIPELINING and CHUNKING", unit: "mails/s",
			clients: []string{ours, source, curl, esmtp, netSMTP, floorStepwise}, base: source,
			task: one(task{}), sink: "pipelining=0 chunking=0", first: 200, most: 200_000},
		{name: "W1-postfix", title: "the same against Postfix's smtp-sink", unit: "mails/s",
			clients: []string{ours, oursRaw, oursBatch, source, curl, esmtp, netSMTP, floor, floorBatch}, base: source,
			task: one(task{}), postfix: true, first: 500, most: 200_000},
		{name: "W2", title: "1 KB mails over one session with TLS", unit: "mails/s", clients: keptSecured, base: curl,
			task: one(task{starttls: true}), sink: "tls=starttls", first: 200, most: 200_000},
		{name: "W3-clear", title: "a new session for each mail, cleartext", unit: "mails/s", clients: append([]string{floor}, everybody...), base: source,
			task: one(task{fresh: true}), last: true, first: 50, most: 20_000},
		{name: "W3-full", title: "a new session with STARTTLS (full handshake) and login for each mail", unit: "mails/s", clients: secured, base: curl,
			task: one(task{fresh: true, starttls: true, login: true}), sink: "tls=starttls auth=1 tickets=0", last: true, first: 20, most: 20_000},
		{name: "W3-resumed", title: "the same with TLS session resumption", unit: "mails/s", clients: secured, base: curl,
			task: one(task{fresh: true, starttls: true, login: true}), sink: "tls=starttls auth=1", last: true, first: 20, most: 20_000},
		{name: "W4", title: "a file of 25 MB over TLS", unit: "MB/s",
			clients: []string{ours, oursBDAT, oursBinary, curl, poco, vmime, oursGo, netSMTP, goMail, nodemailer, smtplib}, base: curl,
			task: one(task{starttls: true, file: fileSmall}), sink: "tls=starttls", apart: true, first: 1, most: 20},
		{name: "W4-1GB", title: "a file of 1 GB over TLS", unit: "MB/s", clients: []string{ours, oursBinary}, base: ours,
			task: one(task{starttls: true, file: fileBig}), sink: "tls=starttls", apart: true, first: 1, most: 1},
		{name: "W5-100", title: "one mail to 100 recipients, 20 ms per round trip", unit: "mails/s", clients: everybody, base: source,
			task: one(task{recipients: 100}), sink: "latency=20ms", apart: true, together: true, first: 1, most: 1},
		{name: "W5", title: "1 KB mails over one cleartext session, 20 ms per round trip", unit: "mails/s", clients: kept, base: source,
			task: one(task{}), sink: "latency=20ms", apart: true, together: true, first: 20, most: 20},
		{name: "W5-new", title: "a new session with STARTTLS and login for each mail, 20 ms per round trip", unit: "mails/s", clients: secured, base: curl,
			task: one(task{fresh: true, starttls: true, login: true}), sink: "tls=starttls auth=1 tickets=0 latency=20ms",
			apart: true, last: true, together: true, first: 6, most: 6},
		{name: "W6-1", title: "1 KB mails over one session, two CPUs", unit: "mails/s", clients: []string{ours, oursBDAT, source, curl, netSMTP}, base: curl,
			task: one(task{}), apart: true, first: 200, most: 200_000},
		{name: "W6-8", title: "8 sessions at once, two CPUs", unit: "mails/s", clients: []string{ours, oursBDAT, oursBatch, source, curl, curlMulti, oursGo, oursPool, netSMTP, goMail, floor}, base: curl,
			task: one(task{sessions: 8}), apart: true, first: 100, most: 50_000},
		{name: "W6-32", title: "32 sessions at once, two CPUs", unit: "mails/s", clients: []string{ours, oursBDAT, oursBatch, source, curl, curlMulti, oursGo, oursPool, netSMTP, goMail, floor}, base: curl,
			task: one(task{sessions: 32}), apart: true, first: 50, most: 20_000},
		{name: "W7", title: "from the start of a process to its first accepted mail, cleartext", unit: "ms", clients: beginners, base: curl,
			task: one(task{}), apart: true, first: 1, most: 1},
		{name: "W7-tls", title: "the same with STARTTLS", unit: "ms", clients: securedBeginners, base: curl,
			task: one(task{starttls: true}), sink: "tls=starttls", apart: true, first: 1, most: 1},
	}
	if _, err := os.Stat(s.path(earlierProgram)); err == nil {
		for _, w := range all {
			w.clients = withEarlier(w.clients)
		}
	}
	if s.big {
		for _, w := range all {
			if w.name == "W4-1GB" {
				w.clients, w.base = append(w.clients, curl, netSMTP, goMail, nodemailer), curl
			}
		}
	}
	return all
}

// withEarlier returns the clients of a workload, each followed by its earlier version if there is
// one.
func withEarlier(clients []string) []string {
	var all []string
	for _, client := range clients {
		all = append(all, client)
		if commands[client+earlier] != nil {
			all = append(all, client+earlier)
		}
	}
	return all
}
