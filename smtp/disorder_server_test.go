// SPDX-License-Identifier: MIT

package smtp

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// disorder is a server that receives mail as RFC 5321 specifies, accepts or refuses it at
// random, and then changes some of its replies. It shares no code with the client. The
// test compares the results of the client with the server's log of deliveries.
type disorder struct {
	rnd    *rand.Rand
	faults map[int]string // maps the number of a reply to the way in which the reply is changed

	lmtp, pipelining, chunking bool
	each                       bool // whether the server writes each reply separately
	patient                    bool // whether the server waits for more commands before it writes
	deafAfterRSET              bool // whether the server refuses RSET and every later command
	lenient                    bool // whether a refused BDAT ends the transaction
	limit                      int  // the maximum number of recipients of a transaction; 0: no limit

	conn     net.Conn
	in       *bufio.Reader
	content  bool // whether content is being read
	pending  []byte
	held     *spokenReply // a reply to be written after the next one
	replies  int
	open     bool
	failed   bool // whether a chunk was refused
	deaf     bool
	rcpts    []string
	asked    int // RCPT commands
	chunks   []byte
	log      []string
	swapped  bool
	accepted map[string][][]string // for each mail, the recipients of each of its deliveries
}

// spokenReply is a reply and the command that it belongs to.
type spokenReply struct{ what, text string }

const endOfMessage = "end of message"

func (x *disorder) note(format string, args ...any) {
	x.log = append(x.log, fmt.Sprintf(format, args...))
}

// Read reads from the connection. It is called only when no commands are buffered, so it
// writes the pending replies first. Two things delay the replies: if 'patient' is set, Read
// waits a moment for more commands, and within a message, it writes them only if 'each' is
// set.
func (x *disorder) Read(p []byte) (int, error) {
	if x.patient {
		_ = x.conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		n, err := x.conn.Read(p)
		_ = x.conn.SetReadDeadline(time.Time{})
		if n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			return n, err
		}
	}
	if !x.content || x.each {
		x.release()
	}
	return x.conn.Read(p)
}

// release writes the pending replies, including one that was held back.
func (x *disorder) release() {
	if h := x.held; h != nil {
		x.held = nil
		x.emit(h.text)
	}
	if len(x.pending) > 0 {
		_, _ = x.conn.Write(x.pending)
		x.pending = x.pending[:0]
	}
}

func (x *disorder) emit(text string) {
	x.note("S: %q", text)
	x.pending = append(x.pending, text...)
}

// say writes a reply, with the change that the fault specifies.
func (x *disorder) say(what, text string) {
	fault := x.faults[x.replies]
	x.replies++
	text += "\r\n"
	if x.rnd.IntN(12) == 0 { // make it a reply of two lines
		text = text[:3] + "-" + text[4:] + text
	}
	if fault != "" {
		x.note("   fault: %s %s", fault, what)
	}
	if h := x.held; h != nil {
		// The reply to a message is not swapped with an identical reply, because a client
		// cannot detect this.
		x.held = nil
		seen := h.what == what || h.what == endOfMessage && what == "QUIT" || what == endOfMessage && h.what == "RCPT" && x.asked == 1
		if !seen && (h.what == endOfMessage || what == endOfMessage) {
			x.emit(h.text)
		} else {
			x.swapped = true
			x.emit(text)
			text = h.text
		}
		fault = ""
	}
	kind, extra, _ := strings.Cut(fault, " ")
	if (kind == "drop" || kind == "add") && x.lmtp && x.pipelining && x.chunking && what != endOfMessage {
		// With LMTP, a missing or additional reply can also change the number of replies
		// that the client expects to the message. The client then cannot detect the fault.
		kind = ""
	}
	switch kind {
	case "drop":
		return
	case "reorder":
		x.held = &spokenReply{what, text}
		return
	case "add":
		if x.rnd.IntN(2) == 0 {
			text += extra + "\r\n"
		} else {
			text = extra + "\r\n" + text
		}
	case "split":
		for len(text) > 0 {
			n := 1 + x.rnd.IntN(len(text))
			x.emit(text[:n])
			x.release()
			text = text[n:]
			time.Sleep(time.Duration(x.rnd.IntN(1000)) * time.Microsecond)
		}
		return
	case "merge":
		x.emit(text)
		return
	}
	x.emit(text)
	if x.each {
		x.release()
	}
}

// decide sends the reply in 'yes' or, with a probability of 1/oneIn, a refusal. If 'deaf' is
// set, it always sends a refusal. It reports whether it sent the reply in 'yes'.
func (x *disorder) decide(what string, oneIn int, yes string) bool {
	if x.deaf {
		x.say(what, "503 5.5.1 I said no to RSET")
		return false
	}
	if x.rnd.IntN(oneIn) == 0 {
		no := []string{"450 4.2.0 Not now", "451 4.3.0 Trouble", "550 5.7.1 No", "554 5.6.0 Never"}
		x.say(what, no[x.rnd.IntN(len(no))])
		return false
	}
	x.say(what, yes)
	return true
}

// serve runs one session to its end.
func (x *disorder) serve(conn net.Conn) {
	defer conn.Close()
	x.conn, x.in, x.accepted = conn, bufio.NewReaderSize(x, 4<<10), map[string][][]string{}
	x.say("greeting", "220 disorder")
	for {
		line, err := x.in.ReadString('\n')
		if err != nil {
			x.note("the client has gone: %v", err)
			return
		}
		line = strings.TrimSuffix(line, "\r\n")
		x.note("C: %s", line)
		verb, rest, _ := strings.Cut(line, " ")
		switch verb {
		case "EHLO", "LHLO":
			x.say("EHLO", x.hello())
		case "MAIL":
			if x.open {
				x.say("MAIL", "503 5.5.1 A transaction is open")
			} else if x.decide("MAIL", 20, "250 2.1.0 Sender ok") {
				x.open, x.rcpts, x.asked = true, nil, 0
			}
		case "RCPT":
			x.asked++
			if !x.open {
				x.say("RCPT", "503 5.5.1 MAIL first")
			} else if x.limit > 0 && len(x.rcpts) >= x.limit {
				x.say("RCPT", "452 4.5.3 Too many recipients")
			} else if x.decide("RCPT", 8, "250 2.1.5 Recipient ok") {
				x.rcpts = append(x.rcpts, strings.Trim(strings.TrimPrefix(rest, "TO:"), "<>"))
			}
		case "DATA":
			err = x.data()
		case "BDAT":
			err = x.bdat(rest)
		case "RSET":
			if x.deafAfterRSET {
				x.deaf = true
			}
			x.reset()
			if x.deaf {
				x.say("RSET", "502 5.5.1 What is that?")
			} else {
				x.say("RSET", "250 2.0.0 Reset")
			}
		case "QUIT":
			x.say("QUIT", "221 2.0.0 Bye")
			x.release()
			return
		default:
			x.say(verb, "500 5.5.1 What is that?")
		}
		if err != nil {
			x.note("the client closed the connection during a message: %v", err)
			return
		}
	}
}

func (x *disorder) hello() string {
	text := "250-disorder\r\n250-SIZE 10000000\r\n"
	if x.pipelining {
		text += "250-PIPELINING\r\n"
	}
	if x.chunking {
		text += "250-CHUNKING\r\n"
	}
	return text + "250 ENHANCEDSTATUSCODES"
}

func (x *disorder) reset() {
	x.open, x.failed, x.rcpts, x.chunks = false, false, nil, nil
}

func (x *disorder) data() error {
	if !x.open || len(x.rcpts) == 0 {
		x.say("DATA", "503 5.5.1 Nobody to deliver to")
		return nil
	}
	if !x.decide("DATA", 20, "354 Go on") {
		return nil
	}
	var content []byte
	for {
		line, err := x.in.ReadBytes('\n')
		if err != nil {
			return err
		}
		x.content = true
		if string(line) == ".\r\n" {
			break
		}
		content = append(content, line...)
	}
	x.content = false
	x.judge(content)
	x.reset()
	return nil
}

func (x *disorder) bdat(rest string) error {
	size, last, _ := strings.Cut(rest, " ")
	n, err := strconv.Atoi(size)
	if err != nil {
		return err
	}
	chunk := make([]byte, n)
	x.content = true
	_, err = io.ReadFull(x.in, chunk)
	x.content = false
	if err != nil {
		return err
	}
	what := "chunk"
	if last == "LAST" {
		what = endOfMessage
	}
	if x.open {
		x.chunks = append(x.chunks, chunk...)
	}
	switch {
	case !x.open || x.failed || len(x.rcpts) == 0:
		x.say(what, "503 5.5.1 Nobody to deliver to")
	case last != "LAST":
		x.failed = !x.decide(what, 10, "250 2.0.0 Chunk ok")
	case x.judge(x.chunks):
		x.reset()
	default:
		x.failed = true
	}
	if x.failed && x.lenient {
		x.reset()
	}
	return nil
}

// judge accepts or refuses a complete message. It reports whether it accepted the message,
// with LMTP for at least one recipient.
func (x *disorder) judge(content []byte) bool {
	id, _, _ := strings.Cut(strings.TrimPrefix(string(content), "Subject: "), "\r\n")
	if !x.lmtp {
		if !x.decide(endOfMessage, 3, "250 2.0.0 Ok: queued as "+id) {
			return false
		}
		x.deliver(id, x.rcpts)
		return true
	}
	var to []string
	for _, r := range x.rcpts {
		if x.decide(endOfMessage, 4, "250 2.0.0 Ok: "+r+" has "+id) {
			to = append(to, r)
		}
	}
	if len(to) > 0 {
		x.deliver(id, to)
	}
	return len(to) > 0
}

func (x *disorder) deliver(id string, to []string) {
	x.note("   %s delivered to %q", id, to)
	x.accepted[id] = append(x.accepted[id], slices.Clone(to))
}
