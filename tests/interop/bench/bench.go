// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"crypto/rand"
	"os"
	"os/exec"
	"runtime"
)

// bench contains the data that all workloads share.
type bench struct {
	*settings
	clientCPU, sinkCPU int
	near, far          *sinkProcess // near runs on the client's CPU, and far on another CPU
}

func newBench(s *settings) (*bench, error) {
	b := &bench{settings: s}
	if runtime.NumCPU() > 1 {
		b.sinkCPU = 1
	}
	if err := b.makeFiles(); err != nil {
		return nil, err
	}
	var err error
	if b.near, err = b.startSink(b.clientCPU); err != nil {
		return nil, err
	}
	if b.far, err = b.startSink(b.sinkCPU); err != nil {
		b.near.stop()
		return nil, err
	}
	return b, nil
}

func (b *bench) stop() {
	b.near.stop()
	b.far.stop()
	os.Remove(b.path(fileBig))
}

// makeFiles writes the files that the clients read: a mail, attachments and
// certificates.
func (b *bench) makeFiles() error {
	var mail bytes.Buffer
	mail.WriteString("From: <sender@bench.example>\r\nTo: <recipient0@bench.example>\r\nSubject: A mail of about one kilobyte\r\n" +
		"Date: Tue, 24 Nov 2026 07:00:00 +0000\r\nMessage-ID: <0123456789abcdef0123456789abcdef@client.bench.example>\r\n" +
		"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n")
	for range 11 {
		mail.WriteString("All happy families are alike; each unhappy one is so in its way.\r\n")
	}
	if err := os.WriteFile(b.path("mail.eml"), mail.Bytes(), 0o644); err != nil {
		return err
	}
	small := make([]byte, sizeSmall)
	_, _ = rand.Read(small)
	if err := os.WriteFile(b.path(fileSmall), small, 0o644); err != nil {
		return err
	}
	if b.wants("W4-1GB") && !b.quick {
		f, err := os.Create(b.path(fileBig))
		if err != nil {
			return err
		}
		defer f.Close()
		for range sizeBig / sizeSmall {
			if _, err := f.Write(small); err != nil {
				return err
			}
		}
	}
	return writeIdentity(b.path("ca.pem"), b.path("server.pem"))
}

// has reports whether a client's driver was built, or its program is installed.
func (b *bench) has(client string) bool {
	if client == source {
		_, err := os.Stat("/usr/sbin/smtp-source")
		return err == nil
	}
	c := commands[client]
	switch c[0] {
	case "node":
		_, err := os.Stat(b.path("node/node_modules/nodemailer"))
		return err == nil
	case "python3":
		_, err := exec.LookPath(c[0])
		return err == nil
	}
	_, err := os.Stat(b.path(c[0]))
	return err == nil
}
