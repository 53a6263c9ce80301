// SPDX-License-Identifier: MIT

package httpmail

import (
	"context"
	"crypto/tls"
	"io"
	"strings"
	"testing"
	"time"

	"csmtp/smtp"
	"csmtp/smtp/secret"
	"csmtp/smtp/smtptest"
	"csmtp/smtp/smtptest/certs"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pausing is a message that calls pause after the first half of its octets.
type pausing struct {
	octets []byte
	pause  func()
}

func (p pausing) Size() int64 { return int64(len(p.octets)) }

func (p pausing) WriteTo(w io.Writer) (int64, error) {
	half := len(p.octets) / 2
	if _, err := w.Write(p.octets[:half]); err != nil {
		return 0, err
	}
	p.pause()
	_, err := w.Write(p.octets[half:])
	return int64(len(p.octets)), err
}

// stalling starts a service. When the service has received n octets, it sends the header of
// a response and the first octet of the body. It then sends a value on the channel
// 'responded'.
func stalling(t *testing.T, n int) (url string, responded chan struct{}) {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{smtptest.Authority().Issue(certs.Good)}})
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	responded = make(chan struct{}, 1)
	go func() {
		if c, err := l.Accept(); err == nil {
			defer c.Close()
			io.CopyN(io.Discard, c, int64(n))
			io.WriteString(c, "HTTP/1.1 202 Accepted\r\nContent-Length: 100\r\n\r\nx")
			responded <- struct{}{}
			io.Copy(io.Discard, c)
		}
	}()
	return "https://" + l.Addr().String(), responded
}

// After the header of the response has arrived, the client waits for the body for at most
// bodyTime, and not for the longer DataEnd. The same limit applies if the header arrives before
// the client has sent the whole message.
func TestBodyTime(t *testing.T) {
	defer func(was time.Duration) { bodyTime = was }(bodyTime)
	bodyTime = 2 * time.Second
	url, responded := stalling(t, 1000)
	c, err := Open(t.Context(), Config{
		Service: MicrosoftGraph, Endpoint: url,
		Token: func(context.Context, bool) (string, error) { return testToken, nil },
		Net: smtp.Config{
			TLS:      smtp.TLSConfig{RootCAs: smtptest.Authority().Pool()},
			Secrets:  &secret.Set{},
			Timeouts: smtp.Timeouts{DataEnd: time.Minute},
		},
	})
	require.NoError(t, err)
	defer c.Close()
	octets := []byte("From: a@test.example\r\nTo: b@test.example\r\n\r\n" + strings.Repeat("0123456789\r\n", 5000))
	begun := time.Now()
	res, err := c.Send(envelope, header(), pausing{octets, func() {
		<-responded
		time.Sleep(200 * time.Millisecond) // until the header has arrived
	}})
	require.NoError(t, err)
	assert.Equal(t, smtp.Accepted, res.Outcome)
	assert.Less(t, time.Since(begun), 30*time.Second)
}
