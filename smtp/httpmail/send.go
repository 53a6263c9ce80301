// SPDX-License-Identifier: MIT

package httpmail

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http/httputil"
	"strconv"
	"time"

	"csmtp/smtp"
)

// sizeOf returns the number of octets of a message, or -1 if the number is not known.
func sizeOf(msg smtp.Message) int64 {
	if sized, ok := msg.(interface{ Size() int64 }); ok {
		return sized.Size()
	}
	return -1
}

// Send sends one mail. msg is the message with CRLF line ends and without Bcc. If the service
// refuses the token, Send gets a new one and sends the mail once more. Every error is an
// *smtp.Error. The result is valid even if Send returns an error.
func (c *Client) Send(env *smtp.Envelope, h Header, msg smtp.Message) (smtp.Result, error) {
	res := smtp.Result{Recipients: make([]smtp.RecipientResult, len(env.Recipients))}
	for i := range env.Recipients {
		res.Recipients[i].Address = env.Recipients[i].Address
	}
	if err := c.checkEnvelope(env, &h); err != nil {
		return res, local(smtp.OpMAIL, err)
	}
	u := upload{env: env, msg: msg, bcc: bccField(h.Blind), most: c.proto.most()}
	if u.size = sizeOf(msg); u.size >= 0 {
		u.size += int64(len(u.bcc))
	}
	if u.size > u.most {
		return res, local(smtp.OpMAIL, c.tooBig(u.size, u.most))
	}
	ctx, cancel := c.total()
	defer cancel()
	e := c.deliver(ctx, &u, &res)
	if e == nil {
		return res, nil
	}
	c.disconnect()
	return res, e
}

func (c *Client) tooBig(size, most int64) error {
	return fmt.Errorf("%w: %d octets, and the limit of %s is %d", smtp.ErrTooBig, size, c.cfg.Service, most)
}

// deliver sends the mail. If the service refuses the token, deliver gets another one and, if
// it is not the same, sends the mail again.
func (c *Client) deliver(ctx context.Context, u *upload, res *smtp.Result) error {
	if !c.fresh {
		if err := c.fetch(ctx, false); err != nil {
			return err
		}
	}
	c.fresh = false
	e := c.post(ctx, u, res)
	if e == nil {
		return nil
	}
	if e.Op != smtp.OpAUTH || statusOf(e) != 401 {
		return e
	}
	old := c.token
	switch err := c.fetch(ctx, true); {
	case err != nil:
		*res = emptied(res)
		if t, ok := err.(*smtp.Error); ok && t.Kind == smtp.KindToken {
			t.Err = fmt.Errorf("%w; the service refused the previous token: %s", t.Err, e.Reply)
		}
		return err
	case c.token == old:
		return e // the same token would be refused again
	}
	c.event("the service refused the token: trying again with a new one")
	c.disconnect()
	*res = emptied(res)
	if e = c.post(ctx, u, res); e == nil {
		return nil
	}
	return e
}

// emptied returns a result for the same recipients that contains only their addresses.
func emptied(res *smtp.Result) smtp.Result {
	rows := make([]smtp.RecipientResult, len(res.Recipients))
	for i := range rows {
		rows[i].Address = res.Recipients[i].Address
	}
	return smtp.Result{Recipients: rows}
}

// post sends the request for the mail, and sets the outcome of the mail from the response.
func (c *Client) post(ctx context.Context, u *upload, res *smtp.Result) *smtp.Error {
	if err := c.connect(ctx); err != nil {
		return asError(err)
	}
	limits := c.cfg.Net.Timeouts.WithDefaults()
	x := &exchange{conn: c.conn, ctx: ctx, block: limits.DataBlock}
	length := u.size
	if c.proto.base64 && length >= 0 {
		length = int64(base64.StdEncoding.EncodedLen(int(length)))
	}
	stop := x.start()
	finished := false
	defer func() {
		if !finished { // after a panic of the message or of a callback
			stop()
			x.setReadDeadline(0)
			<-x.got
			c.disconnect()
		}
	}()
	measures := c.cfg.Net.Measure != nil
	var began, wrote time.Time
	if measures {
		began = time.Now()
	}
	v := verdict{ctx: ctx, failed: c.write(x, u, length), res: res}
	if measures {
		wrote = time.Now()
	}
	limit := limits.DataEnd
	switch v.broken = x.err != nil || v.failed == errEarly; {
	case v.broken:
		limit = lastResponseTime
	case v.failed != nil: // the message is the cause, not the connection
		limit = 0
	}
	v.response, v.err = x.wait(limit)
	finished, v.complete = true, x.complete
	if !stop() || v.failed != nil || v.response == nil || !v.response.reusable || c.conn.SetDeadline(time.Time{}) != nil {
		defer c.disconnect()
	}
	if v.response != nil {
		c.traceResponse(v.response)
	}
	e := c.judge(&v)
	if measures {
		res.Times = smtp.Times{Content: wrote.Sub(began), Reply: time.Since(wrote)}
		if x.complete {
			res.Times.Octets = u.sent
		}
	}
	return e
}

// lastResponseTime is how long post waits for a response after a write has failed. A response
// says more about the failure than the error of the write, such as "broken pipe".
const lastResponseTime = 2 * time.Second

// write writes the whole request.
func (c *Client) write(x *exchange, u *upload, length int64) error {
	out := bufio.NewWriterSize(x, writeBuffer)
	c.writeHead(out, length)
	body := &heldBack{to: out, left: length}
	var chunked io.WriteCloser
	if length < 0 {
		chunked = httputil.NewChunkedWriter(out)
		body.to = chunked
	}
	var err error
	if c.proto.base64 {
		encoder := base64.NewEncoder(base64.StdEncoding, body)
		if err = u.writeTo(encoder, c); err == nil {
			err = encoder.Close()
		}
	} else {
		err = u.writeTo(body, c)
	}
	if err == nil {
		err = u.finished()
	}
	if err == nil && u.size >= 0 && u.sent != u.size {
		err = errSize
	}
	if err != nil {
		return err
	}
	if c.cfg.Net.Trace != nil {
		c.event("end of message, %d octets", u.sent)
	}
	if err = out.Flush(); err != nil { // before the last octet
		return err
	}
	if x.answered.Load() {
		return errEarly
	}
	x.complete = true
	err = body.release()
	if err == nil && chunked != nil {
		if err = chunked.Close(); err == nil {
			_, err = out.WriteString("\r\n") // no trailer fields
		}
	}
	if err == nil {
		err = out.Flush()
	}
	return err
}

// writeHead writes the request line and the header fields.
func (c *Client) writeHead(out *bufio.Writer, length int64) {
	host := c.base.Host
	if c.server.Port == 443 && c.base.Port() != "" {
		host = c.base.Hostname()
	}
	line := func(text string) {
		out.WriteString(text)
		out.WriteString("\r\n")
		c.traceLine(text)
	}
	line("POST " + c.proto.target(c.base, c.cfg.Account) + " HTTP/1.1")
	line("Host: " + host)
	line("User-Agent: csmtp")
	line("Accept: application/json")
	out.WriteString("Authorization: Bearer " + c.token + "\r\n")
	c.traceLine("Authorization: Bearer " + mask)
	line("Content-Type: " + c.proto.contentType)
	if length >= 0 {
		line("Content-Length: " + strconv.FormatInt(length, 10))
	} else {
		line("Transfer-Encoding: chunked")
	}
	out.WriteString("\r\n")
}

// upload is a message and the Bcc field that is sent before it; "": none.
type upload struct {
	env  *smtp.Envelope
	msg  smtp.Message
	bcc  string
	size int64 // -1: unknown
	most int64

	sent, told int64 // the octets of the message sent so far, and the number last passed to Progress
}

// writeTo writes the Bcc field and the message to w.
func (u *upload) writeTo(w io.Writer, c *Client) error {
	u.sent, u.told = 0, 0
	p := &counter{u: u, c: c, to: w}
	if _, err := io.WriteString(p, u.bcc); err != nil {
		return err
	}
	_, err := u.msg.WriteTo(p)
	return err
}

// counter counts the octets of the message, calls Progress, and stops at the limit.
type counter struct {
	u  *upload
	c  *Client
	to io.Writer
}

func (p *counter) Write(b []byte) (int, error) {
	u := p.u
	if u.size >= 0 && u.sent+int64(len(b)) > u.size {
		return 0, errSize
	}
	if u.sent+int64(len(b)) > u.most { // a message of unknown size
		return 0, p.c.tooBig(u.sent+int64(len(b)), u.most)
	}
	n, err := p.to.Write(b)
	u.sent += int64(n)
	if err == nil && u.sent-u.told >= writeBuffer {
		err = u.progress()
	}
	return n, err
}

func (u *upload) progress() error {
	u.told = u.sent
	if u.env.Progress != nil && !u.env.Progress(u.sent, u.size) {
		return errCanceled
	}
	return nil
}

// finished calls Progress with the size of the message, unless the last call has already
// reported it.
func (u *upload) finished() error {
	if u.told != u.sent || u.sent == 0 {
		return u.progress()
	}
	return nil
}

var errCanceled = errors.New("canceled by Progress")

// heldBack is a writer that does not write the last octet of a body of known length until the
// whole message has been written without an error. Without this octet, the request is not
// complete.
type heldBack struct {
	to   io.Writer
	left int64 // the number of octets that have not been passed to Write; -1: unknown
	last []byte
}

func (h *heldBack) Write(p []byte) (int, error) {
	if h.left < 0 {
		return h.to.Write(p)
	}
	if int64(len(p)) > h.left {
		return 0, errSize
	}
	h.left -= int64(len(p))
	out := p
	if h.left == 0 && len(p) > 0 {
		out, h.last = p[:len(p)-1], append(h.last, p[len(p)-1])
	}
	if _, err := h.to.Write(out); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (h *heldBack) release() error {
	_, err := h.to.Write(h.last)
	return err
}

var errSize = errors.New("the size of the message has changed")
