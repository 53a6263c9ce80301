// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"sync"
	"time"

	"csmtp/smtp/internal/dial"
)

// silenceTime is how long a server may send nothing before the session tests whether the
// server expects TLS from the start. Such a server waits for the client, while the session
// waits for the greeting. Without the test, the session would wait for minutes.
var silenceTime = 10 * time.Second

// silence watches a session that waits for a greeting in plain text.
type silence struct {
	cancel func() // cancels the test if it has not begun

	mu      sync.Mutex
	over    bool               // whether the wait has ended
	isTLS   bool               // whether the server expects TLS from the start
	endTest context.CancelFunc // nil if the test has not begun
}

// watchSilence starts to watch the wait for the greeting. It returns nil if the wait is not
// watched. Port 25 is not tested: no server expects TLS from the start there, and some servers
// delay the greeting on purpose.
func (s *Session) watchSilence(options *dial.Options) *silence {
	if s.security == ImplicitTLS || options.Network == "unix" || options.Port == 25 || s.timeouts.Greeting <= silenceTime {
		return nil
	}
	w := &silence{}
	w.cancel = s.link.AfterSilence(silenceTime, func() { w.test(s, *options) })
	return w
}

// test ends the session if the server expects TLS from the start.
func (w *silence) test(s *Session, options dial.Options) {
	w.mu.Lock()
	if w.over {
		w.mu.Unlock()
		return
	}
	ctx, cancel := context.WithCancel(s.ctx)
	w.endTest = cancel
	w.mu.Unlock()
	if !speaksTLS(ctx, &options) {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.over {
		w.isTLS = true
		s.link.End()
	}
}

// end ends the watch. It reports whether the server was found to expect TLS from the start. It
// returns false if w is nil.
func (w *silence) end() bool {
	if w == nil {
		return false
	}
	w.cancel()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
	if w.endTest != nil {
		w.endTest()
	}
	return w.isTLS
}

// speaksTLS reports whether a server expects TLS from the start. It tests this over another
// connection, on which it sends nothing but a ClientHello.
func speaksTLS(ctx context.Context, options *dial.Options) bool {
	options.Connect = nil
	options.Timeout = silenceTime
	c, err := dial.Dial(ctx, options)
	if err != nil {
		return false
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(silenceTime))
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer stop()
	answered := errors.New("the server speaks TLS")
	err = tls.Client(c, &tls.Config{InsecureSkipVerify: true, ServerName: options.Host, // no data is sent over it
		VerifyPeerCertificate: func([][]byte, [][]*x509.Certificate) error { return answered }}).Handshake()
	_, alert := alertCode(err)
	return err == nil || errors.Is(err, answered) || alert
}

var errSilentTLS = errors.New("the server sent no greeting in plain text, but responds to TLS")
