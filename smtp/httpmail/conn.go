// SPDX-License-Identifier: MIT

package httpmail

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

const (
	maxResponse = 1 << 20  // the maximum number of octets from the server in one exchange
	maxBody     = 64 << 10 // octets of a response's body that are read
	maxInterim  = 10       // the maximum number of 1xx responses before the final one
	writeBuffer = 16 << 10 // the size of the write buffer: the maximum size of a TLS record
	maxIdle     = 30 * time.Second
)

// bodyTime is the time limit for the body of a response after its header has arrived.
var bodyTime = 10 * time.Second

// past is a deadline that ends reads and writes immediately.
var past = time.Unix(1, 0)

var (
	errEarly    = errors.New("the server responded before the end of the message")
	errTooLong  = errors.New("the response is longer than 1 MiB")
	errInterim  = errors.New("the server sent too many interim responses")
	errSwitched = errors.New("the server switched to another protocol")
)

// conn is a connection to the service. One goroutine at a time uses it.
type conn struct {
	*tls.Conn
	in   *bufio.Reader
	most io.LimitedReader // the reader from which 'in' reads: Conn, limited to a number of octets per exchange
	used time.Time        // when the last exchange ended, or when the connection was made

	measured bool // whether Measure has been called with smtp.Connected for this connection
}

func newConn(c *tls.Conn) *conn {
	k := &conn{Conn: c, used: time.Now()}
	k.most.R = c
	k.in = bufio.NewReader(&k.most)
	return k
}

// alive reports whether an idle connection can still be used. It returns false if the
// connection has been idle too long, if the server has closed it, or if the server has sent
// octets without a request.
func (k *conn) alive() bool {
	if time.Since(k.used) > maxIdle || k.in.Buffered() > 0 {
		return false
	}
	k.most.N = 1
	if k.SetReadDeadline(time.Now().Add(time.Millisecond)) != nil {
		return false
	}
	_, err := k.in.Peek(1)
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout() && k.SetReadDeadline(time.Time{}) == nil
}

// response is the response of the service.
type response struct {
	status   int
	protocol string // "HTTP/1.1"
	header   http.Header
	body     []byte // the beginning of the body
	reusable bool   // whether the connection can be used for another request
}

// readResponse reads the final response to a POST.
func (x *exchange) readResponse() (*response, error) {
	for range maxInterim {
		r, err := http.ReadResponse(x.in, &http.Request{Method: http.MethodPost})
		if err != nil && x.most.N <= 0 {
			return nil, errTooLong
		}
		if err != nil {
			return nil, err
		}
		if r.StatusCode == http.StatusSwitchingProtocols {
			return nil, errSwitched
		}
		if r.StatusCode >= 100 && r.StatusCode < 200 {
			continue
		}
		// Do not wait long for the rest of the response: the status, which decides the
		// outcome, has arrived.
		x.headed.Store(true) // must be set before the deadline: see the method wait
		x.setReadDeadline(bodyTime)
		body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
		whole := err == nil && len(body) <= maxBody
		return &response{
			status: r.StatusCode, protocol: r.Proto, header: r.Header, body: body[:min(len(body), maxBody)],
			reusable: whole && !r.Close && x.in.Buffered() == 0,
		}, nil
	}
	return nil, errInterim
}

// exchange is one request and its response.
type exchange struct {
	*conn
	ctx   context.Context
	block time.Duration // the time limit for each write

	headed   atomic.Bool // whether the header of the final response has arrived
	answered atomic.Bool // whether the response has arrived or the connection was lost
	complete bool        // whether the client has begun to write the last octets of the request
	err      error       // the error of a write
	got      chan result
}

type result struct {
	response *response
	err      error
}

// start starts a goroutine that reads the response, which can arrive before the end of the
// request. When x.ctx is done, the exchange ends. The function stop must be called when the
// exchange is complete. It returns false if x.ctx was done before that.
func (x *exchange) start() (stop func() bool) {
	x.most.N = maxResponse
	x.got = make(chan result, 1)
	ended := context.AfterFunc(x.ctx, func() { _ = x.SetDeadline(past) })
	go func() {
		r, err := x.readResponse()
		x.answered.Store(true)
		_ = x.SetWriteDeadline(past) // ends a write that is blocked
		x.got <- result{r, err}
	}()
	return ended
}

// Write writes a part of the request.
func (x *exchange) Write(p []byte) (int, error) {
	_ = x.SetWriteDeadline(time.Now().Add(x.block))
	switch {
	case x.ctx.Err() != nil:
		x.err = context.Cause(x.ctx)
	case x.answered.Load():
		x.err = errEarly
	}
	if x.err != nil {
		return 0, x.err
	}
	n, err := x.Conn.Write(p)
	if err != nil {
		x.err = err
	}
	return n, err
}

// wait waits for the response for at most the given time, and returns the response. After the
// header has arrived, wait waits for at most bodyTime, if that is shorter.
func (x *exchange) wait(limit time.Duration) (*response, error) {
	headed := x.headed.Load()
	if !x.answered.Load() && (!headed || limit < bodyTime) {
		x.setReadDeadline(limit)
	}
	if !headed && x.headed.Load() { // the call above may have replaced the deadline for the body
		x.setReadDeadline(min(limit, bodyTime))
	}
	got := <-x.got
	x.used = time.Now()
	return got.response, got.err
}

// setReadDeadline limits the time for reading. Reading also ends when x.ctx is done.
func (x *exchange) setReadDeadline(limit time.Duration) {
	_ = x.SetReadDeadline(time.Now().Add(limit))
	if x.ctx.Err() != nil {
		_ = x.SetReadDeadline(past)
	}
}
